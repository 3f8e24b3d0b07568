// A loop of ten by four runs twice, and what is left stands after it.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --transform-preload-library='transform-library-paths=%S/../../../transforms/tiling.mlir' --transform-interpreter | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @ten
// BEFORE: scf.for
// BEFORE-NOT: = scf.for

// AFTER-LABEL: func.func @ten
// AFTER: %[[MAIN:.*]] = arith.constant 8 : index
// AFTER: scf.for %{{.*}} = %{{.*}} to %[[MAIN]] step
// AFTER: scf.for %{{.*}} = %[[MAIN]] to %c10 step
module attributes {transform.with_named_sequence} {
  func.func @ten(%x: f32) -> f32 {
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %c10 = arith.constant 10 : index
    %sum = scf.for %i = %c0 to %c10 step %c4 iter_args(%acc = %x) -> (f32) {
      %next = arith.addf %acc, %x : f32
      scf.yield %next : f32
    }
    return %sum : f32
  }
  transform.named_sequence private @mlopt_peel(!transform.any_op {transform.readonly})
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %l = transform.structured.match ops{["scf.for"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.include @mlopt_peel failures(propagate) (%l) : (!transform.any_op) -> ()
    transform.yield
  }
}
