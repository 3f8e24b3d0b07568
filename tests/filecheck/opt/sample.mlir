// Legal decisions, as many as asked for in each space; the same seed draws the same.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-sample="seed=7 count=3" -o %t.7.mlir
// RUN: filecheck %s --input-file %t.7.mlir
// RUN: mlopt-opt %t.mlir '--mlopt-sample{seed=7 count=3}' | diff - %t.7.mlir
// RUN: not diff %t.mlir %t.7.mlir > /dev/null
// RUN: mlopt-opt %t.7.mlir --mlopt-lower-schedule | iree-opt > /dev/null

// CHECK-COUNT-3: "mlopt.schedule"() {decisions = {block_k = {{.*}} provenance = "sampled with seed 7", space = @packed.contraction
// CHECK-COUNT-3: "mlopt.schedule"() {decisions = {cache0 = {{.*}} space = @configured.contraction
// CHECK-NOT: "mlopt.schedule"
