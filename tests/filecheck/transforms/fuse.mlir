// The last op is tiled, and the contraction that it reads is computed inside the loops;
// columns outside rows.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --transform-preload-library='transform-library-paths=%S/../../../transforms/tiling.mlir' --transform-interpreter | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @dense
// BEFORE: linalg.matmul
// BEFORE-NOT: scf.for

// AFTER-LABEL: func.func @dense
// AFTER: scf.for {{.*}} to %c12{{.*}} step %c6
// AFTER: scf.for {{.*}} to %c8{{.*}} step %c4
// AFTER: linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<4x16xf32>, tensor<16x6xf32>)
// AFTER: linalg.generic {{.*}} ins(%{{.*}} : tensor<4x6xf32>)
// AFTER-LABEL: func.func @batched
// AFTER: scf.for {{.*}} to %c2{{.*}} step %c1
// AFTER: scf.for {{.*}} to %c12{{.*}} step %c6
// AFTER: scf.for {{.*}} to %c8{{.*}} step %c4
// AFTER: linalg.batch_matmul ins(%{{.*}}, %{{.*}} : tensor<1x4x16xf32>, tensor<1x16x6xf32>)
// AFTER: math.log
#d2 = affine_map<(i, j) -> (i, j)>
#d3 = affine_map<(b, i, j) -> (b, i, j)>
module attributes {transform.with_named_sequence} {
  func.func @dense(%a: tensor<8x16xf32>, %b: tensor<16x12xf32>, %c: tensor<8x12xf32>) -> tensor<8x12xf32> {
    %product = linalg.matmul ins(%a, %b : tensor<8x16xf32>, tensor<16x12xf32>) outs(%c : tensor<8x12xf32>) -> tensor<8x12xf32>
    %r = linalg.generic {indexing_maps = [#d2, #d2], iterator_types = ["parallel", "parallel"], tag = "exp"}
        ins(%product : tensor<8x12xf32>) outs(%c : tensor<8x12xf32>) {
      ^bb0(%in: f32, %old: f32):
        %v = math.exp %in : f32
        linalg.yield %v : f32
    } -> tensor<8x12xf32>
    return %r : tensor<8x12xf32>
  }
  func.func @batched(%a: tensor<2x8x16xf32>, %b: tensor<2x16x12xf32>, %c: tensor<2x8x12xf32>) -> tensor<2x8x12xf32> {
    %product = linalg.batch_matmul ins(%a, %b : tensor<2x8x16xf32>, tensor<2x16x12xf32>) outs(%c : tensor<2x8x12xf32>) -> tensor<2x8x12xf32>
    %r = linalg.generic {indexing_maps = [#d3, #d3], iterator_types = ["parallel", "parallel", "parallel"], tag = "log"}
        ins(%product : tensor<2x8x12xf32>) outs(%c : tensor<2x8x12xf32>) {
      ^bb0(%in: f32, %old: f32):
        %v = math.log %in : f32
        linalg.yield %v : f32
    } -> tensor<2x8x12xf32>
    return %r : tensor<2x8x12xf32>
  }
  transform.named_sequence private @mlopt_fuse_2_by_10(!transform.any_op {transform.consumed}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op)
  transform.named_sequence private @mlopt_fuse_3_by_021(!transform.any_op {transform.consumed}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %p1 = transform.param.constant 1 : i64 -> !transform.param<i64>
    %p4 = transform.param.constant 4 : i64 -> !transform.param<i64>
    %p6 = transform.param.constant 6 : i64 -> !transform.param<i64>
    %e = transform.structured.match attributes {tag = "exp"} in %root : (!transform.any_op) -> !transform.any_op
    %l = transform.structured.match attributes {tag = "log"} in %root : (!transform.any_op) -> !transform.any_op
    %t:3 = transform.include @mlopt_fuse_2_by_10 failures(propagate) (%e, %p4, %p6) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %u:4 = transform.include @mlopt_fuse_3_by_021 failures(propagate) (%l, %p1, %p4, %p6) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}
