// What is wrong with a space is said where it stands.
//
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{attribute 'kind' of 'mlopt.space' must be "contraction", "convolution", "reduction", "elementwise" or "any", not "pooling"}}
"mlopt.space"() ({
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "pooling", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %sizes = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  // expected-error@+1 {{'mlopt.knob' expects 2 operands, not 1}}
  %k = "mlopt.knob"(%sizes) {name = "k"} : (!mlopt.values) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %sizes = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %one = arith.constant 1 : i64
  %k = "mlopt.knob"(%sizes, %one) {name = "k"} : (!mlopt.values, i64) -> i64
  // expected-error@+1 {{the space has two choices 'k'}}
  %l = "mlopt.knob"(%sizes, %one) {name = "k"} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

// expected-error@+1 {{the mlopt dialect has no operation 'mlopt.nothing'}}
"mlopt.nothing"() : () -> ()
