// Lists, choices, what is required of them, and advice.
//
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics

"mlopt.space"() ({
  // expected-error@+1 {{a list holds integers, at least one}}
  %a = "mlopt.list"() {values = []} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{bounds must be 1 <= low <= high: 9, 2}}
  %b = "mlopt.divisors"(%c) {low = 9, high = 2} : (i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{'mlopt.tiles' expects 3 operands, not 1}}
  %t = "mlopt.tiles"(%c) : (i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  // expected-error@+2 {{operand 'number' of 'mlopt.prepend' must be i64, not !mlopt.values}}
  // expected-error@+1 {{operand 'values' of 'mlopt.prepend' must be !mlopt.values, not i64}}
  %e = "mlopt.prepend"(%v, %c) : (!mlopt.values, i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  // expected-error@+1 {{'mlopt.multiples' expects 2 operands, not 1}}
  %f = "mlopt.multiples"(%v) : (!mlopt.values) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  // expected-error@+1 {{operand 'number' of 'mlopt.dividing' must be i64, not !mlopt.values}}
  %g = "mlopt.dividing"(%v, %v) : (!mlopt.values, !mlopt.values) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{operand 'values' of 'mlopt.at_most' must be !mlopt.values, not i64}}
  %h = "mlopt.at_most"(%c, %c) : (i64, i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  // expected-error@+1 {{result 'result' of 'mlopt.scaled' must be !mlopt.values, not i64}}
  %i = "mlopt.scaled"(%v, %c) : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  // expected-error@+1 {{a choice must have a name}}
  %k = "mlopt.knob"(%v, %c) {name = ""} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  // expected-error@+1 {{'mlopt.alternatives' offers nothing}}
  %w = "mlopt.alternatives"() ({
    "transform.yield"() : () -> ()
  }) {name = "w", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  // expected-error@+1 {{'mlopt.alternative' belongs into 'mlopt.alternatives'}}
  "mlopt.alternative"() ({
    "transform.yield"() : () -> ()
  }) {label = "x"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{operand 'condition' of 'mlopt.match' must be i1, not i64}}
  "mlopt.match"(%c) {message = "why"} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %yes = arith.constant true
  // expected-error@+1 {{'mlopt.require' must say what it demands}}
  "mlopt.require"(%yes) {message = ""} : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{there is no choice 'nobody' here to advise on}}
  "mlopt.advise"(%c) {expert = "e", knobs = ["nobody"]} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
