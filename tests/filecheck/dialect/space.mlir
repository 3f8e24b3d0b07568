// A space goes through the tool twice and stays what it is.
//
// RUN: mlopt-opt %S/../../../transforms/spaces/cpu_contraction.mlir | mlopt-opt | filecheck %s

// CHECK: "mlopt.space"() ({
// CHECK: %[[M:.*]] = "mlopt.extent"() {loop = "m"} : () -> i64
// CHECK: %[[SIZES:.*]] = "mlopt.divisors"(%[[M]]) {high = 512 : i64, low = 16 : i64} : (i64) -> !mlopt.values
// CHECK: "mlopt.knob"(%[[SIZES]], {{.*}}) {name = "dist_m"} : (!mlopt.values, i64) -> i64
// CHECK: "mlopt.alternatives"() ({
// CHECK-NEXT: "mlopt.alternative"() ({
// CHECK-NEXT: transform.yield
// CHECK: "mlopt.require"
// CHECK: transform.yield
// CHECK: }) {kind = "contraction", sym_name = "packed.contraction", target = "llvm-cpu", version = "2"}
