// Under another option set of the compiler the same kernel is another workload, and
// every later pass knows it again.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition -o %t.default.mlir
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition=options=O2 -o %t.mlir
// RUN: filecheck %s --input-file %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-partition | diff - %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-space --mlopt-decide=dist_m=32 -o %t.decided.mlir
// RUN: filecheck %s --input-file %t.decided.mlir --check-prefix=DECIDED
// RUN: mlopt-opt %t.decided.mlir --mlopt-lower-schedule | filecheck %s --check-prefix=LOWERED
// RUN: mlopt-opt %t.mlir --mlopt-apply-schedule=file=%t.decided.mlir | filecheck %s --check-prefix=APPLIED
// RUN: not mlopt-opt %S/Inputs/dense.mlir --mlopt-partition=options=O9 2>&1 | filecheck %s --check-prefix=UNKNOWN

// CHECK: mlopt.options = "O2"
// DECIDED: mlopt.options = "O2"
// DECIDED: mlopt.schedule
// LOWERED: transform.named_sequence
// APPLIED: compilation_info
// UNKNOWN: error: there is no option set 'O9': choose one of default, O1, O2
