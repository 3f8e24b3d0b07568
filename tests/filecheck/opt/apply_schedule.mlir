// The schedules of a file on the workloads of another copy of the program; the library
// that a script needs is written where one asks for it, and the compiler then builds it.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-space --mlopt-decide=dist_m=32 -o %t.schedules.mlir
// RUN: mkdir -p %t.libraries
// RUN: mlopt-opt %t.mlir --mlopt-apply-schedule="file=%t.schedules.mlir libraries=%t.libraries" -o %t.applied.mlir
// RUN: filecheck %s --input-file %t.applied.mlir
// RUN: cd %t.libraries && iree-compile --compile-from=flow %t.applied.mlir -o %t.vmfb
// RUN: mlopt-opt %t.mlir --pass-pipeline='builtin.module(mlopt-apply-schedule{file=%t.schedules.mlir},canonicalize)' | filecheck %s

// CHECK: library-file-name=mlopt_
// CHECK: linalg.fill {mlopt.op = "op0"}
// CHECK: linalg.matmul {compilation_info = #{{.*}}, mlopt.op = "op1"}
