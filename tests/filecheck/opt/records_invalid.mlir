// A database that is not there is an error: nothing would be applied.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition -o %t.mlir
// RUN: not mlopt-opt %t.mlir --mlopt-records=db=%t.none 2>&1 | filecheck %s

// CHECK: error: there is no record database at
