// What is said for each loop.
//
// RUN: mlopt-opt %s | mlopt-opt | filecheck %s
// RUN: mlopt-opt %s -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-verify | diff - %t.mlir

// CHECK: "mlopt.per_loop"
// CHECK: "mlopt.loop"
// CHECK: "mlopt.collect"
"mlopt.space"() ({
  %r = "mlopt.per_loop"() ({
    %e = "mlopt.loop"() {property = "extent"} : () -> i64
    "mlopt.collect"(%e) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
