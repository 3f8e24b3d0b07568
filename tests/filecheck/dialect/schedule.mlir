// A schedule and the space it decides in.
//
// RUN: mlopt-opt %s | mlopt-opt | filecheck %s

// CHECK: "mlopt.space"
// CHECK: "mlopt.schedule"() {decisions = {copy_rhs = "panel", fused = false, rows = 6 : i64}, provenance = "measured on two cores", space = @small, speedup = 2.500000e+00 : f64, workload = "62c04627a02ce22c"}
"mlopt.space"() ({
  "transform.yield"() : () -> ()
}) {sym_name = "small", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
"mlopt.schedule"() {space = @small, workload = "62c04627a02ce22c",
  decisions = {rows = 6, copy_rhs = "panel", fused = false}, speedup = 2.5 : f64,
  provenance = "measured on two cores"} : () -> ()
