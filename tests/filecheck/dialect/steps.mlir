// Steps of a script.
//
// RUN: mlopt-opt %s | mlopt-opt | filecheck %s
// RUN: mlopt-opt %s -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-verify | diff - %t.mlir

// CHECK: "mlopt.payload"
// CHECK: "mlopt.parallelize"
// CHECK: "mlopt.tile"
// CHECK: "mlopt.fuse"
// CHECK: "mlopt.interchange"
// CHECK: "mlopt.pack"
// CHECK: "mlopt.pad"
// CHECK: "mlopt.split"
// CHECK: "mlopt.fold_unit_loops"
// CHECK: "mlopt.tile_row"
// CHECK: "mlopt.peel"
// CHECK: "mlopt.unroll"
// CHECK: "mlopt.hoist"
// CHECK: "mlopt.vectorize"
// CHECK: "mlopt.include"
// CHECK: "mlopt.when"
// CHECK: "mlopt.hoist"
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %yes = arith.constant true
  %s = "mlopt.by_loop"(%c, %c) : (i64, i64) -> !mlopt.sizes
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %p = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
  %a:2 = "mlopt.parallelize"(%op, %s) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  %t:2 = "mlopt.tile"(%op, %s) {exchange = ["m", "n"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  %f:2 = "mlopt.fuse"(%op, %s) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  %i = "mlopt.interchange"(%op) {permutation = array<i64: 1, 0>} : (!transform.any_op) -> !transform.any_op
  %k = "mlopt.pack"(%op) {operand = 1} : (!transform.any_op) -> !transform.any_op
  %d = "mlopt.pad"(%op, %s) : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
  %x:2 = "mlopt.split"(%op, %c) {loop = "m"} : (!transform.any_op, i64) -> (!transform.any_op, !transform.any_op)
  %u = "mlopt.fold_unit_loops"(%t#1, %s) : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
  %r = "mlopt.payload"() {ops = "reductions"} : () -> !transform.any_op
  "mlopt.tile_row"(%r, %c) : (!transform.any_op, i64) -> ()
  "mlopt.peel"(%op) : (!transform.any_op) -> ()
  "mlopt.unroll"(%op, %c) : (!transform.any_op, i64) -> ()
  "mlopt.hoist"(%op) : (!transform.any_op) -> ()
  "mlopt.vectorize"(%op) : (!transform.any_op) -> ()
  "mlopt.include"(%op, %c) {sequence = "mlopt_tile_1"} : (!transform.any_op, i64) -> ()
  "mlopt.when"(%yes) ({
    "mlopt.hoist"(%op) : (!transform.any_op) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
