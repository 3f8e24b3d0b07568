// A count that is none, and workloads whose spaces nobody has put there.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition -o %t.mlir
// RUN: not mlopt-opt %t.mlir --mlopt-sample 2>&1 | filecheck %s --check-prefix=SPACE
// RUN: not mlopt-opt %t.mlir --mlopt-sample=count=0 2>&1 | filecheck %s --check-prefix=COUNT
// RUN: not mlopt-opt %t.mlir --mlopt-sample=seed=many 2>&1 | filecheck %s --check-prefix=SEED

// SPACE: error: no workload has a space: run mlopt-space first
// COUNT: error: count must be between 1 and 10000
// SEED: error: seed must be a number, not 'many'
