// The spaces of a workload's kind stand beside it, and the machine's facts on the module.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space -o %t.mlir
// RUN: filecheck %s --input-file %t.mlir
// RUN: mlopt-opt %t.mlir | mlopt-opt | diff - %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-space | diff - %t.mlir
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space="file=%S/Inputs/own_space.mlir" | filecheck %s --check-prefix=OWN

// CHECK: mlopt.target = {kind = "llvm-cpu", l1d_bytes = {{[0-9]+}} : i64
// CHECK: flow.executable
// CHECK-SAME: mlopt.spaces = [@packed.contraction, @configured.contraction]
// CHECK: "mlopt.space"()
// CHECK: name = "dist_m"
// CHECK: sym_name = "packed.contraction"
// CHECK: "mlopt.space"()
// CHECK: sym_name = "configured.contraction"
// CHECK-NOT: "mlopt.space"()

// OWN: mlopt.spaces = [@rows_alone]
// OWN: sym_name = "rows_alone"
// OWN-NOT: "mlopt.space"()
