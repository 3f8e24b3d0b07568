// Sizes for pipelines of IREE's own.
//
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{'mlopt.pipeline' must follow 'mlopt.configure'}}
  "mlopt.configure"(%op, %s) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %yes = arith.constant true
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  // expected-error@+2 {{operand 'inner' of 'mlopt.configure_fused' must be i64, not i1}}
  // expected-error@+1 {{operand 'is_cached' of 'mlopt.configure_fused' must be i1, not i64}}
  "mlopt.configure_fused"(%s, %yes, %c) : (!mlopt.sizes, i1, i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %yes = arith.constant true
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{attribute 'name' of 'mlopt.pipeline' must be "DoubleTilingExpert" or "ConvTileAndDecomposeExpert", not "NoSuchExpert"}}
  "mlopt.pipeline"(%op, %yes) {name = "NoSuchExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
