// Sizes for pipelines of IREE's own.
//
// RUN: mlopt-opt %s | mlopt-opt | filecheck %s
// RUN: mlopt-opt %s -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-verify | diff - %t.mlir

// CHECK: "mlopt.configure"
// CHECK: "mlopt.configure_fused"
// CHECK: "mlopt.pipeline"
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %yes = arith.constant true
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  "mlopt.configure"(%op, %s) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure_fused"(%s, %c, %yes) : (!mlopt.sizes, i64, i1) -> ()
  "mlopt.pipeline"(%op, %yes) {name = "DoubleTilingExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
