// What a loop computes anew in every turn leaves it, and equal copies are one.
//
// Without --mlir-disable-threading IREE deadlocks when two functions load one library.
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --pass-pipeline='builtin.module(func.func(iree-transform-dialect-interpreter{library-file-name=%S/../../../transforms/tiling.mlir entry-point=mlopt_hoist_invariants}))' | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @panel_for_all_rows
// BEFORE: scf.for
// BEFORE: linalg.copy
// BEFORE: linalg.copy

// AFTER-LABEL: func.func @panel_for_all_rows
// AFTER: %[[PANEL:.*]] = linalg.copy
// AFTER-NEXT: %[[BOTH:.*]] = arith.addf %[[PANEL]], %[[PANEL]]
// AFTER-NEXT: scf.for
// AFTER-NEXT: arith.addf {{.*}}, %[[BOTH]]
// AFTER-NEXT: scf.yield
func.func @panel_for_all_rows(%rhs: tensor<32x16xf32>, %out: tensor<32x16xf32>)
    -> tensor<32x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %result = scf.for %i = %c0 to %c8 step %c1 iter_args(%acc = %out)
      -> (tensor<32x16xf32>) {
    %buffer = tensor.empty() : tensor<32x16xf32>
    %panel = linalg.copy ins(%rhs : tensor<32x16xf32>)
      outs(%buffer : tensor<32x16xf32>) -> tensor<32x16xf32>
    %again = linalg.copy ins(%rhs : tensor<32x16xf32>)
      outs(%buffer : tensor<32x16xf32>) -> tensor<32x16xf32>
    %both = arith.addf %panel, %again : tensor<32x16xf32>
    %sum = arith.addf %acc, %both : tensor<32x16xf32>
    scf.yield %sum : tensor<32x16xf32>
  }
  return %result : tensor<32x16xf32>
}

// What depends on the loop stays in it.
// AFTER-LABEL: func.func @row_by_row
// AFTER: scf.for
// AFTER: linalg.copy
func.func @row_by_row(%rows: tensor<8x16xf32>, %out: tensor<1x16xf32>)
    -> tensor<1x16xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %result = scf.for %i = %c0 to %c8 step %c1 iter_args(%acc = %out)
      -> (tensor<1x16xf32>) {
    %row = tensor.extract_slice %rows[%i, 0] [1, 16] [1, 1]
      : tensor<8x16xf32> to tensor<1x16xf32>
    %copy = linalg.copy ins(%row : tensor<1x16xf32>)
      outs(%acc : tensor<1x16xf32>) -> tensor<1x16xf32>
    scf.yield %copy : tensor<1x16xf32>
  }
  return %result : tensor<1x16xf32>
}
