// Numbers of shapes, targets and loops.
//
// RUN: mlopt-opt %s | mlopt-opt | filecheck %s
// RUN: mlopt-opt %s -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-verify | diff - %t.mlir

// CHECK: "mlopt.extent"
// CHECK: "mlopt.property"
// CHECK: "mlopt.by_loop"
// CHECK: "mlopt.by_role"
// CHECK: "mlopt.join"
// CHECK: "mlopt.product"
// CHECK: "mlopt.fused_vector"
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  %m = "mlopt.extent"() {loop = "m"} : () -> i64
  %l = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %a = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %b = "mlopt.by_role"(%c, %c, %c, %c) : (i64, i64, i64, i64) -> !mlopt.sizes
  %j = "mlopt.join"(%s, %s) : (!mlopt.sizes, !mlopt.sizes) -> !mlopt.sizes
  %p = "mlopt.product"(%s) : (!mlopt.sizes) -> i64
  %f = "mlopt.fused_vector"(%s, %c) : (!mlopt.sizes, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
