// Decisions by name: a new schedule where there is none, changed ones where there are.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space --mlopt-decide="dist_m=32 dist_n=48 copy_rhs=block fused=false" -o %t.mlir
// RUN: filecheck %s --input-file %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-decide=dist_m=64 | filecheck %s --check-prefix=AGAIN
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space '--mlopt-decide{space=configured.contraction vec0=4 peel=true}' | filecheck %s --check-prefix=SPACE

// CHECK: "mlopt.schedule"() {decisions = {
// CHECK-SAME: copy_rhs = "block", dist_m = 32 : i64
// CHECK-SAME: fused = false
// CHECK-SAME: provenance = "decided by hand", space = @packed.contraction
// CHECK-NOT: "mlopt.schedule"

// AGAIN: "mlopt.schedule"() {decisions = {
// AGAIN-SAME: copy_rhs = "block", dist_m = 64 : i64
// AGAIN-NOT: "mlopt.schedule"

// SPACE: "mlopt.schedule"() {decisions = {
// SPACE-SAME: peel = true, vec0 = 4 : i64
// SPACE-SAME: space = @configured.contraction
