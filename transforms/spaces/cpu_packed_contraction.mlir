// Contractions with cache blocking and a packed operand, on the CPU.
//
// For each workgroup tile and each block of k, the needed part of B is copied into a
// small contiguous buffer that all rows of A then reuse: what a BLAS does. Without it,
// rows of B that lie a power of two apart share few cache sets and the kernel runs at
// half the machine's speed.
"mlopt.space"() ({
  %m = "mlopt.extent"() {loop = "m"} : () -> i64
  %n = "mlopt.extent"() {loop = "n"} : () -> i64
  %k = "mlopt.extent"() {loop = "k"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %item = "mlopt.property"() {name = "workload.item_bytes"} : () -> i64
  %has_epilogue = "mlopt.property"() {name = "workload.has_epilogue"} : () -> i64

  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c96 = arith.constant 96 : i64
  %c128 = arith.constant 128 : i64
  %c256 = arith.constant 256 : i64

  %n_rest = arith.remsi %n, %lanes : i64
  %n_whole = arith.cmpi eq, %n_rest, %c0 : i64
  "mlopt.match"(%n_whole) {message = "columns must fill whole vectors"} : (i1) -> ()
  %k_long = arith.cmpi sge, %k, %lanes : i64
  "mlopt.match"(%k_long) {message = "k must be as long as a vector"} : (i1) -> ()
  %m_tall = arith.cmpi sge, %m, %c2 : i64
  "mlopt.match"(%m_tall) {message = "two rows at least"} : (i1) -> ()

  // The workgroup's tile of C, and the block of k.
  %m_sizes = "mlopt.divisors"(%m) {low = 16, high = 512} : (i64) -> !mlopt.values
  %dist_m = "mlopt.knob"(%m_sizes, %c128) {name = "dist_m"} : (!mlopt.values, i64) -> i64
  %n_all = "mlopt.divisors"(%n) {low = 1, high = 512} : (i64) -> !mlopt.values
  %n_sizes = "mlopt.multiples"(%n_all, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  %dist_n = "mlopt.knob"(%n_sizes, %c96) {name = "dist_n"} : (!mlopt.values, i64) -> i64
  %k_sizes = "mlopt.divisors"(%k) {low = 32, high = 1024} : (i64) -> !mlopt.values
  %block_k = "mlopt.knob"(%k_sizes, %c256) {name = "block_k"} : (!mlopt.values, i64) -> i64

  // The tile of C that lives in registers.
  %heights = "mlopt.list"() {values = [2, 3, 4, 5, 6, 8, 12, 14]} : () -> !mlopt.values
  %row_sizes = "mlopt.at_most"(%heights, %m) : (!mlopt.values, i64) -> !mlopt.values
  %rows = "mlopt.knob"(%row_sizes, %c4) {name = "rows"} : (!mlopt.values, i64) -> i64
  %vectors = "mlopt.list"() {values = [1, 2, 4]} : () -> !mlopt.values
  %widths = "mlopt.scaled"(%vectors, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  %column_sizes = "mlopt.dividing"(%widths, %n) : (!mlopt.values, i64) -> !mlopt.values
  %two_vectors = arith.muli %c2, %lanes : i64
  %columns = "mlopt.knob"(%column_sizes, %two_vectors) {name = "columns"} : (!mlopt.values, i64) -> i64
  %factors = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  %unroll_k = "mlopt.knob"(%factors, %c4) {name = "unroll_k"} : (!mlopt.values, i64) -> i64

  // What of B is copied: nothing, the block, or a panel as wide as the register tile.
  %copy_rhs = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({
      "transform.yield"() : () -> ()
    }) {label = "none"} : () -> ()
    "mlopt.alternative"() ({
      "transform.yield"() : () -> ()
    }) {label = "block"} : () -> ()
    "mlopt.alternative"() ({
      "transform.yield"() : () -> ()
    }) {label = "panel"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "copy_rhs", default = "panel"} : () -> i64
  %no_or_yes = "mlopt.list"() {values = [false, true]} : () -> !mlopt.values
  %columns_outer = "mlopt.knob"(%no_or_yes, %c1) {name = "columns_outer"} : (!mlopt.values, i64) -> i64
  %fused = "mlopt.knob"(%no_or_yes, %c0) {name = "fused"} : (!mlopt.values, i64) -> i64

  %n_left = arith.remsi %dist_n, %columns : i64
  %n_divides = arith.cmpi eq, %n_left, %c0 : i64
  "mlopt.require"(%n_divides) {message = "the register tile's columns must divide the workgroup tile"} : (i1) -> ()
  %m_fits = arith.cmpi sle, %rows, %dist_m : i64
  "mlopt.require"(%m_fits) {message = "the register tile must not be taller than the workgroup tile"} : (i1) -> ()

  // More than 32 registers of accumulators spill on every x86-64.
  %c32 = arith.constant 32 : i64
  %accumulators = arith.muli %rows, %columns : i64
  %registers = arith.muli %c32, %lanes : i64
  %in_registers = arith.cmpi sle, %accumulators, %registers : i64
  "mlopt.require"(%in_registers) {message = "the accumulators must fit into vector registers"} : (i1) -> ()
  %k_left = arith.remsi %block_k, %unroll_k : i64
  %k_divides = arith.cmpi eq, %k_left, %c0 : i64
  "mlopt.require"(%k_divides) {message = "the k loop must be long enough to unroll"} : (i1) -> ()

  // A stock IREE runtime gives its worker threads 128 KiB of stack, and half of it is
  // what a kernel can count on. On it lie the copy, one result tile when an epilogue
  // reads it later, and one more to join the row pieces in; none when fused.
  %copies_block = arith.cmpi eq, %copy_rhs, %c1 : i64
  %copies_panel = arith.cmpi eq, %copy_rhs, %c2 : i64
  %block_width = arith.select %copies_block, %dist_n, %c0 : i64
  %width = arith.select %copies_panel, %columns, %block_width : i64
  %copied = arith.muli %block_k, %width : i64
  %rows_left = arith.remsi %dist_m, %rows : i64
  %is_ragged = arith.cmpi ne, %rows_left, %c0 : i64
  %joined = arith.extui %is_ragged : i1 to i64
  %kept = arith.addi %has_epilogue, %joined : i64
  %is_fused = arith.cmpi eq, %fused, %c1 : i64
  %tiles = arith.select %is_fused, %c0, %kept : i64
  %tile = arith.muli %dist_m, %dist_n : i64
  %tile_items = arith.muli %tiles, %tile : i64
  %items = arith.addi %copied, %tile_items : i64
  %bytes = arith.muli %items, %item : i64
  %limit = arith.constant 65536 : i64
  %on_stack = arith.cmpi sle, %bytes, %limit : i64
  "mlopt.require"(%on_stack) {message = "the copied block and the result tile must fit a worker thread's stack"} : (i1) -> ()

  %sees_all = arith.cmpi eq, %block_k, %k : i64
  %is_blocked = arith.cmpi eq, %fused, %c0 : i64
  %may_fuse = arith.ori %is_blocked, %sees_all : i1
  "mlopt.require"(%may_fuse) {message = "the epilogue can only be fused into register tiles that see all of k"} : (i1) -> ()
  %other_copy = arith.cmpi ne, %copy_rhs, %c1 : i64
  %fits_fusion = arith.ori %is_blocked, %other_copy : i1
  "mlopt.require"(%fits_fusion) {message = "fused register tiles copy panels or nothing"} : (i1) -> ()
  %outer = arith.cmpi eq, %columns_outer, %c1 : i64
  %no_panel = arith.cmpi ne, %copy_rhs, %c2 : i64
  %panel_stays = arith.ori %outer, %no_panel : i1
  "mlopt.require"(%panel_stays) {message = "panels are copied in the loop over columns, which must be the outer one"} : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "packed.contraction", kind = "contraction", target = "llvm-cpu",
    template = "packed.contraction", version = "1"} : () -> ()
