// Ops of one to four loops become loop nests; a size of 0 makes no loop, and what the
// sequence gives first of the loops is the outermost that is there. Several ops get a nest
// each.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --transform-preload-library='transform-library-paths=%S/../../../transforms/tiling.mlir' --transform-interpreter | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @vector
// BEFORE-NOT: scf.for
// BEFORE: math.exp

// AFTER-LABEL: func.func @vector
// AFTER: scf.for
// AFTER: linalg.generic {{.*}} ins(%{{.*}} : tensor<4xf32>)
// AFTER-LABEL: func.func @rows
// AFTER: scf.for
// AFTER-NOT: scf.for
// AFTER: linalg.generic {{.*}} ins(%{{.*}} : tensor<8x4xf32>)
// AFTER-LABEL: func.func @product
// AFTER: scf.for {{.*}} to %c8{{.*}} step %c4
// AFTER: scf.for {{.*}} to %c16{{.*}} step %c4
// AFTER-NOT: scf.for
// AFTER: linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<4x4xf32>, tensor<4x12xf32>)
// The outermost loop that is there is over rows.
// AFTER: } {outermost}
// AFTER-LABEL: func.func @again
// AFTER: scf.for
// AFTER: scf.for
// AFTER: linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<4x4xf32>, tensor<4x12xf32>)
// AFTER: } {outermost}
// AFTER-LABEL: func.func @batched
// AFTER-COUNT-4: scf.for
// AFTER: linalg.batch_matmul ins(%{{.*}}, %{{.*}} : tensor<1x4x4xf32>, tensor<1x4x4xf32>)
#d1 = affine_map<(i) -> (i)>
#d2 = affine_map<(i, j) -> (i, j)>
module attributes {transform.with_named_sequence} {
  func.func @vector(%x: tensor<12xf32>, %y: tensor<12xf32>) -> tensor<12xf32> {
    %r = linalg.generic {indexing_maps = [#d1, #d1], iterator_types = ["parallel"], tag = "exp"}
        ins(%x : tensor<12xf32>) outs(%y : tensor<12xf32>) {
      ^bb0(%in: f32, %old: f32):
        %v = math.exp %in : f32
        linalg.yield %v : f32
    } -> tensor<12xf32>
    return %r : tensor<12xf32>
  }
  func.func @rows(%x: tensor<8x12xf32>, %y: tensor<8x12xf32>) -> tensor<8x12xf32> {
    %r = linalg.generic {indexing_maps = [#d2, #d2], iterator_types = ["parallel", "parallel"], tag = "exp"}
        ins(%x : tensor<8x12xf32>) outs(%y : tensor<8x12xf32>) {
      ^bb0(%in: f32, %old: f32):
        %v = math.exp %in : f32
        linalg.yield %v : f32
    } -> tensor<8x12xf32>
    return %r : tensor<8x12xf32>
  }
  func.func @product(%a: tensor<8x16xf32>, %b: tensor<16x12xf32>, %c: tensor<8x12xf32>) -> tensor<8x12xf32> {
    %r = linalg.matmul ins(%a, %b : tensor<8x16xf32>, tensor<16x12xf32>) outs(%c : tensor<8x12xf32>) -> tensor<8x12xf32>
    return %r : tensor<8x12xf32>
  }
  func.func @again(%a: tensor<8x16xf32>, %b: tensor<16x12xf32>, %c: tensor<8x12xf32>) -> tensor<8x12xf32> {
    %r = linalg.matmul ins(%a, %b : tensor<8x16xf32>, tensor<16x12xf32>) outs(%c : tensor<8x12xf32>) -> tensor<8x12xf32>
    return %r : tensor<8x12xf32>
  }
  func.func @batched(%a: tensor<2x8x16xf32>, %b: tensor<2x16x12xf32>, %c: tensor<2x8x12xf32>) -> tensor<2x8x12xf32> {
    %r = linalg.batch_matmul ins(%a, %b : tensor<2x8x16xf32>, tensor<2x16x12xf32>) outs(%c : tensor<2x8x12xf32>) -> tensor<2x8x12xf32>
    return %r : tensor<2x8x12xf32>
  }
  transform.named_sequence private @mlopt_tile_1(!transform.any_op {transform.consumed}, !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op)
  transform.named_sequence private @mlopt_tile_2(!transform.any_op {transform.consumed}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op)
  transform.named_sequence private @mlopt_tile_3(!transform.any_op {transform.consumed}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
  transform.named_sequence private @mlopt_tile_4(!transform.any_op {transform.consumed}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}, !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %p0 = transform.param.constant 0 : i64 -> !transform.param<i64>
    %p1 = transform.param.constant 1 : i64 -> !transform.param<i64>
    %p4 = transform.param.constant 4 : i64 -> !transform.param<i64>
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    %f:5 = transform.split_handle %functions : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    %v = transform.structured.match attributes {tag = "exp"} in %f#0 : (!transform.any_op) -> !transform.any_op
    %r = transform.structured.match attributes {tag = "exp"} in %f#1 : (!transform.any_op) -> !transform.any_op
    %m = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %b = transform.structured.match ops{["linalg.batch_matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %t1:2 = transform.include @mlopt_tile_1 failures(propagate) (%v, %p4) : (!transform.any_op, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    %t2:3 = transform.include @mlopt_tile_2 failures(propagate) (%r, %p0, %p4) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %t3:4 = transform.include @mlopt_tile_3 failures(propagate) (%m, %p4, %p0, %p4) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    %t4:5 = transform.include @mlopt_tile_4 failures(propagate) (%b, %p1, %p4, %p4, %p4) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.annotate %t3#1 "outermost" : !transform.any_op
    transform.yield
  }
}
