// Lists, choices, what is required of them, and advice.
//
// RUN: mlopt-opt %s | mlopt-opt | filecheck %s
// RUN: mlopt-opt %s -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-verify | diff - %t.mlir

// CHECK: "mlopt.list"
// CHECK: "mlopt.divisors"
// CHECK: "mlopt.tiles"
// CHECK: "mlopt.prepend"
// CHECK: "mlopt.multiples"
// CHECK: "mlopt.dividing"
// CHECK: "mlopt.at_most"
// CHECK: "mlopt.scaled"
// CHECK: "mlopt.knob"
// CHECK: "mlopt.alternatives"
// CHECK: "mlopt.alternative"
// CHECK: "mlopt.match"
// CHECK: "mlopt.require"
// CHECK: "mlopt.advise"
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %yes = arith.constant true
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %a = "mlopt.list"() {values = [1, 2, 4]} : () -> !mlopt.values
  %b = "mlopt.divisors"(%c) {low = 2, high = 9} : (i64) -> !mlopt.values
  %t = "mlopt.tiles"(%c, %c, %c) : (i64, i64, i64) -> !mlopt.values
  %e = "mlopt.prepend"(%c, %v) : (i64, !mlopt.values) -> !mlopt.values
  %f = "mlopt.multiples"(%v, %c) : (!mlopt.values, i64) -> !mlopt.values
  %g = "mlopt.dividing"(%v, %c) : (!mlopt.values, i64) -> !mlopt.values
  %h = "mlopt.at_most"(%v, %c) : (!mlopt.values, i64) -> !mlopt.values
  %i = "mlopt.scaled"(%v, %c) : (!mlopt.values, i64) -> !mlopt.values
  %k = "mlopt.knob"(%v, %c) {name = "k"} : (!mlopt.values, i64) -> i64
  %w = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({
      "transform.yield"() : () -> ()
    }) {label = "x"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "w", default = "x"} : () -> i64
  "mlopt.match"(%yes) {message = "why"} : (i1) -> ()
  "mlopt.require"(%yes) {message = "why"} : (i1) -> ()
  "mlopt.advise"(%c) {expert = "e", knobs = ["k"]} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
