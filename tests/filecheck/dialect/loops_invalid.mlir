// What is said for each loop.
//
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics

"mlopt.space"() ({
  // expected-error@+1 {{'mlopt.per_loop' ends in one 'mlopt.collect'}}
  %r = "mlopt.per_loop"() ({
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  // expected-error@+1 {{'mlopt.loop' belongs into 'mlopt.per_loop'}}
  %e = "mlopt.loop"() {property = "extent"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{'mlopt.collect' belongs into 'mlopt.per_loop'}}
  "mlopt.collect"(%c) : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
