// The loop over columns stands outside the loop over rows.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --transform-preload-library='transform-library-paths=%S/../../../transforms/tiling.mlir' --transform-interpreter | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @product
// BEFORE-NOT: scf.for

// AFTER-LABEL: func.func @product
// AFTER: scf.for {{.*}} to %c12{{.*}} step %c6
// AFTER: scf.for {{.*}} to %c8{{.*}} step %c4
// AFTER: linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<4x16xf32>, tensor<16x6xf32>)
// AFTER-LABEL: func.func @batched
// AFTER: scf.for {{.*}} to %c2{{.*}} step %c1
// AFTER: scf.for {{.*}} to %c12{{.*}} step %c6
// AFTER: scf.for {{.*}} to %c8{{.*}} step %c4
// AFTER: linalg.batch_matmul ins(%{{.*}}, %{{.*}} : tensor<1x4x16xf32>, tensor<1x16x6xf32>)
module attributes {transform.with_named_sequence} {
  func.func @product(%a: tensor<8x16xf32>, %b: tensor<16x12xf32>, %c: tensor<8x12xf32>) -> tensor<8x12xf32> {
    %r = linalg.matmul ins(%a, %b : tensor<8x16xf32>, tensor<16x12xf32>) outs(%c : tensor<8x12xf32>) -> tensor<8x12xf32>
    return %r : tensor<8x12xf32>
  }
  func.func @batched(%a: tensor<2x8x16xf32>, %b: tensor<2x16x12xf32>, %c: tensor<2x8x12xf32>) -> tensor<2x8x12xf32> {
    %r = linalg.batch_matmul ins(%a, %b : tensor<2x8x16xf32>, tensor<2x16x12xf32>) outs(%c : tensor<2x8x12xf32>) -> tensor<2x8x12xf32>
    return %r : tensor<2x8x12xf32>
  }
  transform.named_sequence private @mlopt_tile_2_by_10(!transform.any_op {transform.consumed}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op)
  transform.named_sequence private @mlopt_tile_3_by_021(!transform.any_op {transform.consumed}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %p1 = transform.param.constant 1 : i64 -> !transform.param<i64>
    %p4 = transform.param.constant 4 : i64 -> !transform.param<i64>
    %p6 = transform.param.constant 6 : i64 -> !transform.param<i64>
    %m = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %b = transform.structured.match ops{["linalg.batch_matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %t:3 = transform.include @mlopt_tile_2_by_10 failures(propagate) (%m, %p4, %p6) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %u:4 = transform.include @mlopt_tile_3_by_021 failures(propagate) (%b, %p1, %p4, %p6) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}
