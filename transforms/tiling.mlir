// Steps that tile, for every target: by number of sizes, which are parameters. A size of 0
// leaves its loop alone, and so does a missing one; the results are the tiled op, then the
// loops that are there, outermost first. A schedule holds a copy of what it includes.
module attributes {transform.with_named_sequence} {

  // Into a nest of scf.for loops; of several ops each into its own, which is why they are
  // taken one by one: a parameter stands for one op.
  transform.named_sequence @mlopt_tile_1(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op) {
    %tiled:2 = transform.foreach %op : !transform.any_op -> !transform.any_op, !transform.any_op {
    ^bb0(%each: !transform.any_op):
      %one:2 = transform.structured.tile_using_for %each tile_sizes [%s0] : (!transform.any_op, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
      transform.yield %one#0, %one#1 : !transform.any_op, !transform.any_op
    }
    transform.yield %tiled#0, %tiled#1 : !transform.any_op, !transform.any_op
  }

  transform.named_sequence @mlopt_tile_2(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op) {
    %tiled:3 = transform.foreach %op : !transform.any_op -> !transform.any_op, !transform.any_op, !transform.any_op {
    ^bb0(%each: !transform.any_op):
      %one:3 = transform.structured.tile_using_for %each tile_sizes [%s0, %s1] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
      transform.yield %one#0, %one#1, %one#2 : !transform.any_op, !transform.any_op, !transform.any_op
    }
    transform.yield %tiled#0, %tiled#1, %tiled#2 : !transform.any_op, !transform.any_op, !transform.any_op
  }

  transform.named_sequence @mlopt_tile_3(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}, %s2: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op) {
    %tiled:4 = transform.foreach %op : !transform.any_op -> !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op {
    ^bb0(%each: !transform.any_op):
      %one:4 = transform.structured.tile_using_for %each tile_sizes [%s0, %s1, %s2] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
      transform.yield %one#0, %one#1, %one#2, %one#3 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
    }
    transform.yield %tiled#0, %tiled#1, %tiled#2, %tiled#3 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
  }

  transform.named_sequence @mlopt_tile_4(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}, %s2: !transform.param<i64> {transform.readonly}, %s3: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op) {
    %tiled:5 = transform.foreach %op : !transform.any_op -> !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op {
    ^bb0(%each: !transform.any_op):
      %one:5 = transform.structured.tile_using_for %each tile_sizes [%s0, %s1, %s2, %s3] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
      transform.yield %one#0, %one#1, %one#2, %one#3, %one#4 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
    }
    transform.yield %tiled#0, %tiled#1, %tiled#2, %tiled#3, %tiled#4 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
  }

  // The same, the loops over rows and columns exchanged: columns outside.
  transform.named_sequence @mlopt_tile_2_by_10(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op) {
    %tiled:3 = transform.foreach %op : !transform.any_op -> !transform.any_op, !transform.any_op, !transform.any_op {
    ^bb0(%each: !transform.any_op):
      %one:3 = transform.structured.tile_using_for %each tile_sizes [%s0, %s1] interchange = [1, 0] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
      transform.yield %one#0, %one#1, %one#2 : !transform.any_op, !transform.any_op, !transform.any_op
    }
    transform.yield %tiled#0, %tiled#1, %tiled#2 : !transform.any_op, !transform.any_op, !transform.any_op
  }

  transform.named_sequence @mlopt_tile_3_by_021(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}, %s2: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op) {
    %tiled:4 = transform.foreach %op : !transform.any_op -> !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op {
    ^bb0(%each: !transform.any_op):
      %one:4 = transform.structured.tile_using_for %each tile_sizes [%s0, %s1, %s2] interchange = [0, 2, 1] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
      transform.yield %one#0, %one#1, %one#2, %one#3 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
    }
    transform.yield %tiled#0, %tiled#1, %tiled#2, %tiled#3 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
  }

  // What the op reads is computed inside the loops too; with the loops over rows and
  // columns exchanged, as register tiles of a contraction with its epilogue are.
  transform.named_sequence @mlopt_fuse_2_by_10(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op) {
    %fused:3 = transform.structured.fuse %op tile_sizes [%s0, %s1] interchange [1, 0] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield %fused#0, %fused#1, %fused#2 : !transform.any_op, !transform.any_op, !transform.any_op
  }

  transform.named_sequence @mlopt_fuse_3_by_021(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}, %s2: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op) {
    %fused:4 = transform.structured.fuse %op tile_sizes [%s0, %s1, %s2] interchange [0, 2, 1] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield %fused#0, %fused#1, %fused#2, %fused#3 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
  }

  // Copy the first or the second operand into memory of its own, and mark the copy, so
  // that it is found again.

  transform.named_sequence @mlopt_copy_lhs(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %copy = transform.iree.copy_tensor_operand %op [0] : (!transform.any_op) -> !transform.any_op
    %tag = transform.param.constant "lhs_copy" -> !transform.any_param
    transform.annotate %copy "mlopt.op" = %tag : !transform.any_op, !transform.any_param
    transform.yield %copy : !transform.any_op
  }

  transform.named_sequence @mlopt_copy_rhs(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %copy = transform.iree.copy_tensor_operand %op [1] : (!transform.any_op) -> !transform.any_op
    %tag = transform.param.constant "rhs_copy" -> !transform.any_param
    transform.annotate %copy "mlopt.op" = %tag : !transform.any_op, !transform.any_param
    transform.yield %copy : !transform.any_op
  }

  // A loop whose step does not divide its extent gets a short last part.
  transform.named_sequence @mlopt_peel(%loop: !transform.any_op {transform.readonly}) {
    %for = transform.cast %loop : !transform.any_op to !transform.op<"scf.for">
    %main, %rest = transform.loop.peel %for : (!transform.op<"scf.for">) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }

  // Fold what tiling left behind. Without it the result tile stays a slice of the
  // whole output, and bufferization puts a full-size copy on the stack.
  transform.named_sequence @mlopt_clean_tiled(%func: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %func {
      transform.apply_patterns.linalg.tiling_canonicalization
      transform.apply_patterns.tensor.fold_tensor_empty
      transform.apply_patterns.canonicalization
    } : !transform.any_op
    transform.apply_cse to %func : !transform.any_op
    transform.yield
  }

  // Drop loops of one trip from the op that a loop holds.
  transform.named_sequence @mlopt_fold_unit_loops(%loop: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %func = transform.get_parent_op %loop <op_name = "func.func"> : (!transform.any_op) -> !transform.any_op
    transform.apply_patterns to %func {
      transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
      transform.apply_patterns.tensor.merge_consecutive_insert_extract_slice
      transform.apply_patterns.canonicalization
    } : !transform.any_op
    %op = transform.structured.match ops{["linalg.generic"]} in %loop : (!transform.any_op) -> !transform.any_op
    transform.yield %op : !transform.any_op
  }

  // Move what a loop repeats without change out of it, and merge equal copies: the
  // panel that all rows of a tile read is then copied once.
  transform.named_sequence @mlopt_hoist_invariants(%func: !transform.any_op {transform.readonly}) {
    %loops = transform.structured.match ops{["scf.for"]} in %func : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %loops : !transform.any_op
    transform.apply_cse to %func : !transform.any_op
    transform.yield
  }
}
