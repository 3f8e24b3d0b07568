// Steps of a script.
//
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics

"mlopt.space"() ({
  // expected-error@+1 {{attribute 'ops' of 'mlopt.payload' must be "root", "last", "store", "producers", "epilogue", "lhs_copy", "rhs_copy", "function", "rows", "reductions" or "elementwise", not "first"}}
  %p = "mlopt.payload"() {ops = "first"} : () -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{operand 'sizes' of 'mlopt.parallelize' must be !mlopt.sizes, not i64}}
  %a:2 = "mlopt.parallelize"(%op, %c) : (!transform.any_op, i64) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{'exchange' is [] or two of the roles m, n, k}}
  %t:2 = "mlopt.tile"(%op, %s) {exchange = ["m"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{'mlopt.fuse' expects an attribute 'exchange'}}
  %f:2 = "mlopt.fuse"(%op, %s) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{array<i64: 1, 1> is no permutation of loops in i64}}
  %i = "mlopt.interchange"(%op) {permutation = array<i64: 1, 1>} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{the operand to be packed is 0 or 1}}
  %k = "mlopt.pack"(%op) {operand = 2} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{'mlopt.pad' expects 2 operands, not 1}}
  %d = "mlopt.pad"(%op) : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{attribute 'loop' of 'mlopt.split' must be "m", "n" or "k", not "batch"}}
  %x:2 = "mlopt.split"(%op, %c) {loop = "batch"} : (!transform.any_op, i64) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{'mlopt.fold_unit_loops' expects 2 operands, not 1}}
  %u = "mlopt.fold_unit_loops"(%op) : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "elementwise"} : () -> !transform.any_op
  // expected-error@+1 {{'mlopt.tile_row' expects 2 operands, not 1}}
  "mlopt.tile_row"(%op) : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  // expected-error@+1 {{'mlopt.peel' expects 1 operand, not 0}}
  "mlopt.peel"() : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %yes = arith.constant true
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{operand 'factor' of 'mlopt.unroll' must be i64, not i1}}
  "mlopt.unroll"(%op, %yes) : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{operand 'scope' of 'mlopt.hoist' must be !transform.any_op, not i64}}
  "mlopt.hoist"(%c) : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{'mlopt.vectorize' expects 1 operand, not 2}}
  "mlopt.vectorize"(%op, %op) : (!transform.any_op, !transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // expected-error@+1 {{'no name' is no name of a sequence}}
  "mlopt.include"(%op) {sequence = "no name"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----

"mlopt.space"() ({
  %c = arith.constant 4 : i64
  // expected-error@+1 {{operand 'condition' of 'mlopt.when' must be i1, not i64}}
  "mlopt.when"(%c) ({
    "transform.yield"() : () -> ()
  }) : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
