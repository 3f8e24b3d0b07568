// Numbers of shapes, targets and loops.
//
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics

"mlopt.space"() ({
  // expected-error@+1 {{attribute 'loop' of 'mlopt.extent' must be "m", "n", "k", "batch", "image", "height", "width", "channels", "filter_height", "filter_width", "in_channels", "gradient_height" or "gradient_width", not "depth"}}
  %m = "mlopt.extent"() {loop = "depth"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  // expected-error@+1 {{'mlopt.property' expects an attribute 'name'}}
  %l = "mlopt.property"() : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %yes = arith.constant true
  // expected-error@+1 {{operand 'numbers' of 'mlopt.by_loop' must be i64, not i1}}
  %a = "mlopt.by_loop"(%yes) : (i1) -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{'mlopt.by_role' expects 4 operands, not 1}}
  %b = "mlopt.by_role"(%c) : (i64) -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  // expected-error@+1 {{operand 'second' of 'mlopt.join' must be !mlopt.sizes, not i64}}
  %j = "mlopt.join"(%s, %c) : (!mlopt.sizes, i64) -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  // expected-error@+1 {{result 'product' of 'mlopt.product' must be i64, not !mlopt.sizes}}
  %p = "mlopt.product"(%s) : (!mlopt.sizes) -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  // expected-error@+2 {{operand 'sizes' of 'mlopt.fused_vector' must be !mlopt.sizes, not i64}}
  // expected-error@+1 {{operand 'inner' of 'mlopt.fused_vector' must be i64, not !mlopt.sizes}}
  %f = "mlopt.fused_vector"(%c, %s) : (i64, !mlopt.sizes) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
