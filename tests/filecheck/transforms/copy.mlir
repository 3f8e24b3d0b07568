// An operand is copied into memory of its own, and the copy is marked with its side.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --transform-preload-library='transform-library-paths=%S/../../../transforms/tiling.mlir' --transform-interpreter | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @product
// BEFORE-NOT: linalg.copy

// AFTER-LABEL: func.func @product
// AFTER-SAME: (%[[A:.*]]: tensor<8x16xf32>, %[[B:.*]]: tensor<16x12xf32>,
// AFTER: %[[LHS:.*]] = linalg.copy {mlopt.op = "lhs_copy"} ins(%[[A]]
// AFTER: %[[RHS:.*]] = linalg.copy {mlopt.op = "rhs_copy"} ins(%[[B]]
// AFTER: linalg.matmul ins(%[[LHS]], %[[RHS]]
module attributes {transform.with_named_sequence} {
  func.func @product(%a: tensor<8x16xf32>, %b: tensor<16x12xf32>, %c: tensor<8x12xf32>) -> tensor<8x12xf32> {
    %r = linalg.matmul ins(%a, %b : tensor<8x16xf32>, tensor<16x12xf32>) outs(%c : tensor<8x12xf32>) -> tensor<8x12xf32>
    return %r : tensor<8x12xf32>
  }
  transform.named_sequence private @mlopt_copy_lhs(!transform.any_op {transform.readonly}) -> !transform.any_op
  transform.named_sequence private @mlopt_copy_rhs(!transform.any_op {transform.readonly}) -> !transform.any_op
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %m = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %l = transform.include @mlopt_copy_lhs failures(propagate) (%m) : (!transform.any_op) -> !transform.any_op
    %r = transform.include @mlopt_copy_rhs failures(propagate) (%m) : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}
