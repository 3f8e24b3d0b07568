// Contractions on the CPU: two spaces, the more promising first.
//
// packed.contraction: cache blocking and a packed operand, as a script of our own. For
// each workgroup tile and each block of k, the needed part of B is copied into a small
// contiguous buffer that all rows of A then reuse: what a BLAS does. Without it, rows of
// B that lie a power of two apart share few cache sets and the kernel runs at half the
// machine's speed.
//
//   C[m, n] += A[m, k] * B[k, n], then an epilogue over C
//   ->
//   forall (dist_m, dist_n):                        workgroups
//     fill C' ; for k step block_k:                 cache block
//       B' = copy B[k.., n..]                       contiguous, reused by all rows
//       for n step columns, for m step rows:        register tile ("panel": copy here)
//         for k step 1, unrolled:                   outer products
//     epilogue over C'
//   or, with one block of k ("fused"), fill and epilogue inside the register tile.
//
// configured.contraction: tile sizes on IREE's own levels, executed by its double-tiling
// pipeline.
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
  %panels = "mlopt.property"() {name = "workload.has_panels"} : () -> i64
  %no_panels = arith.cmpi eq, %panels, %c0 : i64
  "mlopt.match"(%no_panels) {message = "columns that lie in panels need no copy"} : (i1) -> ()
  %float32 = "mlopt.property"() {name = "workload.is_float32"} : () -> i64
  %is_float32 = arith.cmpi eq, %float32, %c1 : i64
  "mlopt.match"(%is_float32) {message = "32-bit floats only"} : (i1) -> ()

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
  %inner = arith.cmpi eq, %columns_outer, %c0 : i64
  %no_panel = arith.cmpi ne, %copy_rhs, %c2 : i64
  %panel_stays = arith.ori %outer, %no_panel : i1
  "mlopt.require"(%panel_stays) {message = "panels are copied in the loop over columns, which must be the outer one"} : (i1) -> ()

  // What an expert would choose: blocks whose panel of B stays in the first-level cache,
  // for wide and for narrow n.
  %c6 = arith.constant 6 : i64
  %c48 = arith.constant 48 : i64
  %c64 = arith.constant 64 : i64
  %some_m = arith.minsi %m, %c128 : i64
  "mlopt.advise"(%m, %c64, %k, %c6, %c4, %c1) {expert = "all rows, fused",
    knobs = ["dist_m", "dist_n", "block_k", "rows", "unroll_k", "fused"]} : (i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%m, %c64, %c256, %c6, %c4) {expert = "all rows",
    knobs = ["dist_m", "dist_n", "block_k", "rows", "unroll_k"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%m, %c128, %k, %c6, %c4, %c1) {expert = "all rows, wide, fused",
    knobs = ["dist_m", "dist_n", "block_k", "rows", "unroll_k", "fused"]} : (i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%some_m, %c48, %c256, %c6, %c4, %c1) {expert = "a block",
    knobs = ["dist_m", "dist_n", "block_k", "rows", "unroll_k", "copy_rhs"]} : (i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%some_m, %c96, %c128, %c4, %c4, %c1) {expert = "a wide block",
    knobs = ["dist_m", "dist_n", "block_k", "rows", "unroll_k", "copy_rhs"]} : (i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%some_m, %c96, %k, %c4, %c4, %c1) {expert = "some rows, fused",
    knobs = ["dist_m", "dist_n", "block_k", "rows", "unroll_k", "fused"]} : (i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%some_m, %c64, %c128, %c4, %c4, %c0) {expert = "no copy",
    knobs = ["dist_m", "dist_n", "block_k", "rows", "unroll_k", "copy_rhs"]} : (i64, i64, i64, i64, i64, i64) -> ()

  // (1) Workgroups take tiles of the result, and compute there what it is made of.
  %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %last = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
  %workgroup = "mlopt.by_role"(%dist_m, %dist_n, %c0, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
  %shared:2 = "mlopt.parallelize"(%last, %workgroup) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (2) Register tiles. Fused, each goes from its fill through the epilogue at once;
  // otherwise k is cut into blocks first, and the result tile waits in a buffer.
  %register = "mlopt.by_role"(%rows, %columns, %c0, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.when"(%is_fused) ({
    %op = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
    %tiled:2 = "mlopt.fuse"(%op, %register) {exchange = ["m", "n"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "mlopt.when"(%is_ragged) ({
      "mlopt.peel"(%tiled#1) : (!transform.any_op) -> ()
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  %cuts_k = arith.cmpi slt, %block_k, %k : i64
  %cuts = arith.andi %is_blocked, %cuts_k : i1
  "mlopt.when"(%cuts) ({
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %block = "mlopt.by_role"(%c0, %c0, %block_k, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
    %tiled:2 = "mlopt.tile"(%op, %block) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  %blocked_panels = arith.andi %is_blocked, %copies_panel : i1
  "mlopt.when"(%blocked_panels) ({
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %tiled:2 = "mlopt.tile"(%op, %register) {exchange = ["m", "n"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "mlopt.when"(%is_ragged) ({
      "mlopt.peel"(%tiled#1) : (!transform.any_op) -> ()
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()

  // (3) Panels as wide as the register tile. The copy stands in the innermost loop first;
  // what does not change with the rows is then moved out of them, so that each panel is
  // copied once for all rows.
  %line = "mlopt.by_role"(%c0, %columns, %c1, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
  %peels = arith.ori %is_fused, %copies_panel : i1
  "mlopt.when"(%peels) ({
    "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.when"(%copies_panel) ({
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %copy = "mlopt.pack"(%op) {operand = 1} : (!transform.any_op) -> !transform.any_op
    "mlopt.hoist"(%function) : (!transform.any_op) -> ()
    %copies = "mlopt.payload"() {ops = "rhs_copy"} : () -> !transform.any_op
    %tiled:2 = "mlopt.tile"(%copies, %line) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()

  // (4) Otherwise the block is copied, or nothing, and rows that the register tile does
  // not divide are cut off: tiles of 4 where some count of main tiles leaves a multiple
  // of it (128 rows by 6: 120 and twice 4, not 126 and a slow 2), else one short tile.
  %true = arith.constant true
  %pieces = arith.xori %peels, %true : i1
  "mlopt.when"(%pieces) ({
    "mlopt.when"(%copies_block) ({
      %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
      %copy = "mlopt.pack"(%op) {operand = 1} : (!transform.any_op) -> !transform.any_op
      %tiled:2 = "mlopt.tile"(%copy, %line) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    %whole = arith.xori %is_ragged, %true : i1
    "mlopt.when"(%whole) ({
      %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
      "mlopt.when"(%outer) ({
        %tiled:2 = "mlopt.tile"(%op, %register) {exchange = ["m", "n"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
        "transform.yield"() : () -> ()
      }) : (i1) -> ()
      "mlopt.when"(%inner) ({
        %tiled:2 = "mlopt.tile"(%op, %register) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
        "transform.yield"() : () -> ()
      }) : (i1) -> ()
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    "mlopt.when"(%is_ragged) ({
      %full = arith.subi %dist_m, %rows_left : i64
      %main1 = arith.subi %full, %rows : i64
      %main2 = arith.subi %main1, %rows : i64
      %main3 = arith.subi %main2, %rows : i64
      %rest1 = arith.subi %dist_m, %main1 : i64
      %rest2 = arith.subi %dist_m, %main2 : i64
      %rest3 = arith.subi %dist_m, %main3 : i64
      %mod0 = arith.remsi %rows_left, %c4 : i64
      %mod1 = arith.remsi %rest1, %c4 : i64
      %mod2 = arith.remsi %rest2, %c4 : i64
      %mod3 = arith.remsi %rest3, %c4 : i64
      %by4_0 = arith.cmpi eq, %mod0, %c0 : i64
      %by4_1 = arith.cmpi eq, %mod1, %c0 : i64
      %by4_2 = arith.cmpi eq, %mod2, %c0 : i64
      %by4_3 = arith.cmpi eq, %mod3, %c0 : i64
      %some1 = arith.cmpi sgt, %main1, %c0 : i64
      %some2 = arith.cmpi sgt, %main2, %c0 : i64
      %some3 = arith.cmpi sgt, %main3, %c0 : i64
      %good1 = arith.andi %by4_1, %some1 : i1
      %good2 = arith.andi %by4_2, %some2 : i1
      %good3 = arith.andi %by4_3, %some3 : i1
      %try3 = arith.select %good3, %main3, %full : i64
      %try2 = arith.select %good2, %main2, %try3 : i64
      %try1 = arith.select %good1, %main1, %try2 : i64
      %main = arith.select %by4_0, %full, %try1 : i64
      %rest = arith.subi %dist_m, %main : i64
      %rest_mod = arith.remsi %rest, %c4 : i64
      %rest_by4 = arith.cmpi eq, %rest_mod, %c0 : i64
      %height = arith.select %rest_by4, %c4, %rest : i64
      %short = "mlopt.by_role"(%height, %columns, %c0, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
      %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
      %parts:2 = "mlopt.split"(%op, %main) {loop = "m"} : (!transform.any_op, i64) -> (!transform.any_op, !transform.any_op)
      "mlopt.when"(%outer) ({
        %first:2 = "mlopt.tile"(%parts#0, %register) {exchange = ["m", "n"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
        %second:2 = "mlopt.tile"(%parts#1, %short) {exchange = ["m", "n"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
        "transform.yield"() : () -> ()
      }) : (i1) -> ()
      "mlopt.when"(%inner) ({
        %first:2 = "mlopt.tile"(%parts#0, %register) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
        %second:2 = "mlopt.tile"(%parts#1, %short) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
        "transform.yield"() : () -> ()
      }) : (i1) -> ()
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()

  // (5) Walk k one step at a time, unrolled: rank-1 updates of the accumulators.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %step = "mlopt.by_role"(%c0, %c0, %c1, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
  %update:2 = "mlopt.tile"(%root, %step) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.unroll"(%update#1, %unroll_k) : (!transform.any_op, i64) -> ()

  // (6) What waits for the whole result tile streams over it; any few rows will do.
  "mlopt.when"(%is_blocked) ({
    %stream = "mlopt.by_role"(%c4, %columns, %c0, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
    %epilogue = "mlopt.payload"() {ops = "epilogue"} : () -> !transform.any_op
    %tiled:2 = "mlopt.tile"(%epilogue, %stream) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %producers = "mlopt.payload"() {ops = "producers"} : () -> !transform.any_op
    %filled:2 = "mlopt.tile"(%producers, %stream) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_cpu_tail"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "packed.contraction", kind = "contraction", target = "llvm-cpu",
    version = "2"} : () -> ()

"mlopt.space"() ({
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c8 = arith.constant 8 : i64
  %c16 = arith.constant 16 : i64
  %c64 = arith.constant 64 : i64
  %c512 = arith.constant 512 : i64
  %wide = arith.muli %c8, %lanes : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c32 = arith.constant 32 : i64
  %c128 = arith.constant 128 : i64
  %c256 = arith.constant 256 : i64
  %two_vectors = arith.muli %c2, %lanes : i64

  // Parallel loops: the workgroup's tile, a cache tile, and the vector's. Sizes need not divide.
  %parallel:5 = "mlopt.per_loop"() ({
    %extent = "mlopt.loop"() {property = "extent"} : () -> i64
    %innermost = "mlopt.loop"() {property = "is_innermost"} : () -> i64
    %is_innermost = arith.cmpi eq, %innermost, %c1 : i64

    %dist_least = arith.select %is_innermost, %lanes, %c1 : i64
    %dist_low = arith.minsi %extent, %dist_least : i64
    %dist_sizes = "mlopt.tiles"(%extent, %dist_low, %c512) : (i64, i64, i64) -> !mlopt.values
    %is_long = arith.cmpi sgt, %extent, %c16 : i64
    %dist_default = arith.select %is_long, %c64, %extent : i64
    %dist = "mlopt.knob"(%dist_sizes, %dist_default) {name = "dist"} : (!mlopt.values, i64) -> i64
    %vec_high = arith.select %is_innermost, %wide, %c16 : i64
    %vec_sizes = "mlopt.tiles"(%extent, %c1, %vec_high) : (i64, i64, i64) -> !mlopt.values
    %vec_default = arith.select %is_innermost, %lanes, %c1 : i64
    %vec = "mlopt.knob"(%vec_sizes, %vec_default) {name = "vec"} : (!mlopt.values, i64) -> i64
    %fits = arith.cmpi sle, %vec, %dist : i64
    "mlopt.require"(%fits) {message = "a register tile must fit its workgroup tile"} : (i1) -> ()
    %cache_some = "mlopt.tiles"(%extent, %c16, %c128) : (i64, i64, i64) -> !mlopt.values
    %cache_sizes = "mlopt.prepend"(%c0, %cache_some) : (i64, !mlopt.values) -> !mlopt.values
    %cache = "mlopt.knob"(%cache_sizes, %c0) {name = "cache"} : (!mlopt.values, i64) -> i64
    %no_cache = arith.cmpi eq, %cache, %c0 : i64
    %over_vector = arith.cmpi sle, %vec, %cache : i64
    %in_workgroup = arith.cmpi sle, %cache, %dist : i64
    %between = arith.andi %over_vector, %in_workgroup : i1
    %nests = arith.ori %no_cache, %between : i1
    "mlopt.require"(%nests) {message = "cache tiles must lie between the two"} : (i1) -> ()
    %uncached = arith.extui %no_cache : i1 to i64

    // What experts choose, by the loop's role; other loops take single steps.
    %m = "mlopt.loop"() {property = "is_m"} : () -> i64
    %is_m = arith.cmpi eq, %m, %c1 : i64
    %n = "mlopt.loop"() {property = "is_n"} : () -> i64
    %is_n = arith.cmpi eq, %n, %c1 : i64
    %n_two = arith.select %is_n, %two_vectors, %c1 : i64
    %n_one = arith.select %is_n, %lanes, %c1 : i64
    %square_n = arith.select %is_n, %c64, %c1 : i64
    %square_dist = arith.select %is_m, %c32, %square_n : i64
    %square_vec = arith.select %is_m, %c8, %n_two : i64
    "mlopt.advise"(%square_dist, %square_vec) {expert = "square", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    %long_rows_n = arith.select %is_n, %c128, %c1 : i64
    %long_rows_dist = arith.select %is_m, %c64, %long_rows_n : i64
    %long_rows_vec = arith.select %is_m, %c4, %n_two : i64
    "mlopt.advise"(%long_rows_dist, %long_rows_vec) {expert = "long rows", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    %tall_n = arith.select %is_n, %c64, %c1 : i64
    %tall_dist = arith.select %is_m, %c128, %tall_n : i64
    %tall_vec = arith.select %is_m, %c16, %n_one : i64
    "mlopt.advise"(%tall_dist, %tall_vec) {expert = "tall", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    %wide_n = arith.select %is_n, %c256, %c1 : i64
    %wide_dist = arith.select %is_m, %c16, %wide_n : i64
    %wide_vec = arith.select %is_m, %c4, %n_two : i64
    "mlopt.advise"(%wide_dist, %wide_vec) {expert = "wide", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    // Columns of half a vector would be masked, which is slower than another loop.
    %vector_unit = arith.select %is_n, %lanes, %c8 : i64
    %vector_left = arith.remsi %extent, %vector_unit : i64
    %divides = arith.cmpi eq, %vector_left, %c0 : i64
    %takes_vectors = arith.addi %m, %n : i64
    %is_single = arith.cmpi eq, %takes_vectors, %c0 : i64
    %is_whole = arith.ori %divides, %is_single : i1
    %whole = arith.extui %is_whole : i1 to i64
    "mlopt.collect"(%dist, %vec, %cache, %uncached, %whole) : (i64, i64, i64, i64, i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> (!mlopt.sizes, !mlopt.sizes, !mlopt.sizes, !mlopt.sizes, !mlopt.sizes)

  %reduction:3 = "mlopt.per_loop"() ({
    %extent = "mlopt.loop"() {property = "extent"} : () -> i64
    %vec_sizes = "mlopt.tiles"(%extent, %c1, %c16) : (i64, i64, i64) -> !mlopt.values
    %vec = "mlopt.knob"(%vec_sizes, %lanes) {name = "vec"} : (!mlopt.values, i64) -> i64
    %cache_some = "mlopt.tiles"(%extent, %c64, %c512) : (i64, i64, i64) -> !mlopt.values
    %cache_sizes = "mlopt.prepend"(%c0, %cache_some) : (i64, !mlopt.values) -> !mlopt.values
    %cache = "mlopt.knob"(%cache_sizes, %c0) {name = "cache"} : (!mlopt.values, i64) -> i64
    %no_cache = arith.cmpi eq, %cache, %c0 : i64
    %uncached = arith.extui %no_cache : i1 to i64
    %k = "mlopt.loop"() {property = "is_k"} : () -> i64
    %is_k = arith.cmpi eq, %k, %c1 : i64
    %eight = arith.select %is_k, %c8, %c1 : i64
    %four = arith.select %is_k, %c4, %c1 : i64
    "mlopt.advise"(%eight) {expert = "square", knobs = ["vec"]} : (i64) -> ()
    "mlopt.advise"(%c1) {expert = "long rows", knobs = ["vec"]} : (i64) -> ()
    "mlopt.advise"(%four) {expert = "tall", knobs = ["vec"]} : (i64) -> ()
    "mlopt.advise"(%four) {expert = "wide", knobs = ["vec"]} : (i64) -> ()
    "mlopt.collect"(%vec, %cache, %uncached) : (i64, i64, i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "reduction"} : () -> (!mlopt.sizes, !mlopt.sizes, !mlopt.sizes)

  // Peeling instead of masks, and how wide fused ops walk a loop that the root does not
  // have: a row's sum has no loop for the division of that row that follows it.
  %no_or_yes = "mlopt.list"() {values = [false, true]} : () -> !mlopt.values
  %peel = "mlopt.knob"(%no_or_yes, %c0) {name = "peel"} : (!mlopt.values, i64) -> i64
  %all_whole = "mlopt.product"(%parallel#4) : (!mlopt.sizes) -> i64
  %peels = arith.subi %c1, %all_whole : i64
  "mlopt.advise"(%peels) {expert = "square", knobs = ["peel"]} : (i64) -> ()
  "mlopt.advise"(%peels) {expert = "long rows", knobs = ["peel"]} : (i64) -> ()
  "mlopt.advise"(%peels) {expert = "tall", knobs = ["peel"]} : (i64) -> ()
  "mlopt.advise"(%peels) {expert = "wide", knobs = ["peel"]} : (i64) -> ()
  %fused_extent = "mlopt.property"() {name = "workload.fused_extent"} : () -> i64
  %fused_some = arith.maxsi %fused_extent, %c1 : i64
  %inner_sizes = "mlopt.tiles"(%fused_some, %c1, %wide) : (i64, i64, i64) -> !mlopt.values
  %inner = "mlopt.knob"(%inner_sizes, %lanes) {name = "inner"} : (!mlopt.values, i64) -> i64

  // IREE refuses vectors of 512 native registers or more; above 64 register-sized pieces
  // the unrolled code only spills, and compiles for seconds.
  %vec = "mlopt.join"(%parallel#1, %reduction#0) : (!mlopt.sizes, !mlopt.sizes) -> !mlopt.sizes
  %root_vector = "mlopt.product"(%vec) : (!mlopt.sizes) -> i64
  %fused_vector = "mlopt.fused_vector"(%vec, %inner) : (!mlopt.sizes, i64) -> i64
  %largest = arith.maxsi %root_vector, %fused_vector : i64
  %vector_limit = arith.muli %c512, %lanes : i64
  %few = arith.cmpi slt, %largest, %vector_limit : i64
  "mlopt.require"(%few) {message = "the vector must stay under IREE's limit"} : (i1) -> ()
  %unrolled = "mlopt.product"(%parallel#1) : (!mlopt.sizes) -> i64
  %unroll_limit = arith.muli %c64, %lanes : i64
  %small = arith.cmpi sle, %unrolled, %unroll_limit : i64
  "mlopt.require"(%small) {message = "the unrolled tile must stay small"} : (i1) -> ()

  // IREE's own pipeline tiles by these sizes.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  "mlopt.configure"(%root, %parallel#0) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %parallel#2) {level = "cache_parallel"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %reduction#1) {level = "cache_reduction"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %parallel#1) {level = "vector_common_parallel"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %reduction#0) {level = "vector_reduction"} : (!transform.any_op, !mlopt.sizes) -> ()
  %none_cached = "mlopt.join"(%parallel#3, %reduction#2) : (!mlopt.sizes, !mlopt.sizes) -> !mlopt.sizes
  %uncached = "mlopt.product"(%none_cached) : (!mlopt.sizes) -> i64
  %is_cached = arith.cmpi eq, %uncached, %c0 : i64
  "mlopt.configure_fused"(%parallel#1, %inner, %is_cached) : (!mlopt.sizes, i64, i1) -> ()
  %is_peeled = arith.cmpi eq, %peel, %c1 : i64
  "mlopt.pipeline"(%root, %is_peeled) {name = "DoubleTilingExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "configured.contraction", kind = "contraction", target = "llvm-cpu",
    version = "2"} : () -> ()
