// Contractions on the CPU whose right-hand side lies in panels of columns: constants that
// were packed when the program was compiled.
//
// prepacked.contraction: register tiles over panels, as a script of our own. A panel is as
// wide as a register tile and contiguous, so nothing is copied, and it is read in order.
//
//   C[m, p, n] += A[m, k] * B[p, k, n], then an epilogue over C
//   ->
//   forall (dist_m, one panel):                     workgroups
//     fill C' ; for k step block_k:                 cache block
//       for m step rows:                            register tile
//         for k step 1, unrolled:                   outer products
//     epilogue over C'
//   or, with one block of k, fill and epilogue inside the register tile.
"mlopt.space"() ({
  %m = "mlopt.extent"() {loop = "m"} : () -> i64
  %n = "mlopt.extent"() {loop = "n"} : () -> i64
  %k = "mlopt.extent"() {loop = "k"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %item = "mlopt.property"() {name = "workload.item_bytes"} : () -> i64
  %panels = "mlopt.property"() {name = "workload.has_panels"} : () -> i64

  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c128 = arith.constant 128 : i64
  %c256 = arith.constant 256 : i64
  %c512 = arith.constant 512 : i64

  %has_panels = arith.cmpi eq, %panels, %c1 : i64
  "mlopt.match"(%has_panels) {message = "columns must lie in panels"} : (i1) -> ()
  %n_rest = arith.remsi %n, %lanes : i64
  %n_whole = arith.cmpi eq, %n_rest, %c0 : i64
  "mlopt.match"(%n_whole) {message = "panels must fill whole vectors"} : (i1) -> ()
  %m_tall = arith.cmpi sge, %m, %c2 : i64
  "mlopt.match"(%m_tall) {message = "two rows at least"} : (i1) -> ()

  // The workgroup's rows, and the block of k that its panel is walked in. Small programs
  // of few rows need many workgroups to keep all cores busy to the end.
  %m_sizes = "mlopt.divisors"(%m) {low = 8, high = 512} : (i64) -> !mlopt.values
  %dist_m = "mlopt.knob"(%m_sizes, %c128) {name = "dist_m"} : (!mlopt.values, i64) -> i64
  %k_sizes = "mlopt.divisors"(%k) {low = 128, high = 4096} : (i64) -> !mlopt.values
  %block_k = "mlopt.knob"(%k_sizes, %c512) {name = "block_k"} : (!mlopt.values, i64) -> i64

  // The tile of C that lives in registers.
  %heights = "mlopt.list"() {values = [2, 3, 4, 5, 6, 7, 8, 10, 12, 14]} : () -> !mlopt.values
  %row_sizes = "mlopt.at_most"(%heights, %m) : (!mlopt.values, i64) -> !mlopt.values
  %rows = "mlopt.knob"(%row_sizes, %c4) {name = "rows"} : (!mlopt.values, i64) -> i64
  %factors = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  %unroll_k = "mlopt.knob"(%factors, %c4) {name = "unroll_k"} : (!mlopt.values, i64) -> i64

  %m_fits = arith.cmpi sle, %rows, %dist_m : i64
  "mlopt.require"(%m_fits) {message = "the register tile must not be taller than the workgroup tile"} : (i1) -> ()
  // More than 32 registers of accumulators spill on every x86-64.
  %c32 = arith.constant 32 : i64
  %accumulators = arith.muli %rows, %n : i64
  %registers = arith.muli %c32, %lanes : i64
  %in_registers = arith.cmpi sle, %accumulators, %registers : i64
  "mlopt.require"(%in_registers) {message = "the accumulators must fit into vector registers"} : (i1) -> ()
  %k_left = arith.remsi %block_k, %unroll_k : i64
  %k_divides = arith.cmpi eq, %k_left, %c0 : i64
  "mlopt.require"(%k_divides) {message = "the k loop must be long enough to unroll"} : (i1) -> ()

  // With several blocks of k the result tile waits on the stack, of which a kernel can
  // count on 64 KiB, once for its rows and once to join them in where they are ragged.
  %is_fused = arith.cmpi eq, %block_k, %k : i64
  %is_blocked = arith.cmpi slt, %block_k, %k : i64
  %tile = arith.muli %dist_m, %n : i64
  %tiles = arith.muli %tile, %c2 : i64
  %waiting = arith.select %is_fused, %c0, %tiles : i64
  %bytes = arith.muli %waiting, %item : i64
  %limit = arith.constant 65536 : i64
  %on_stack = arith.cmpi sle, %bytes, %limit : i64
  "mlopt.require"(%on_stack) {message = "the result tile must fit a worker thread's stack"} : (i1) -> ()

  // What an expert would choose: tiles as tall as the registers allow, 16 of 32 bytes or
  // 32 of 64, over the whole of k; lower and higher ones, and k in blocks, so that a panel
  // comes from the first-level cache.
  %c3 = arith.constant 3 : i64
  %c6 = arith.constant 6 : i64
  %c8 = arith.constant 8 : i64
  %c12 = arith.constant 12 : i64
  %c16 = arith.constant 16 : i64
  %has_many = arith.cmpi sge, %lanes, %c16 : i64
  %tall = arith.select %has_many, %c12, %c6 : i64
  %low = arith.select %has_many, %c8, %c4 : i64
  %other = arith.select %has_many, %c6, %c3 : i64
  %some_m = arith.minsi %m, %c128 : i64
  "mlopt.advise"(%some_m, %k, %tall, %c4) {expert = "tall tiles",
    knobs = ["dist_m", "block_k", "rows", "unroll_k"]} : (i64, i64, i64, i64) -> ()
  "mlopt.advise"(%some_m, %k, %low, %c4) {expert = "low tiles",
    knobs = ["dist_m", "block_k", "rows", "unroll_k"]} : (i64, i64, i64, i64) -> ()
  "mlopt.advise"(%some_m, %k, %other, %c4) {expert = "flat tiles",
    knobs = ["dist_m", "block_k", "rows", "unroll_k"]} : (i64, i64, i64, i64) -> ()
  "mlopt.advise"(%some_m, %c256, %tall, %c4) {expert = "tall tiles, blocks of k",
    knobs = ["dist_m", "block_k", "rows", "unroll_k"]} : (i64, i64, i64, i64) -> ()
  "mlopt.advise"(%some_m, %c256, %low, %c4) {expert = "low tiles, blocks of k",
    knobs = ["dist_m", "block_k", "rows", "unroll_k"]} : (i64, i64, i64, i64) -> ()

  // (1) Workgroups take some rows of one panel.
  %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %last = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
  %workgroup = "mlopt.by_role"(%dist_m, %n, %c0, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
  %shared:2 = "mlopt.parallelize"(%last, %workgroup) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (2) Register tiles. Fused, each goes from its fill through the epilogue at once;
  // otherwise k is cut into blocks first, and the result tile waits in a buffer.
  %rows_left = arith.remsi %dist_m, %rows : i64
  %is_ragged = arith.cmpi ne, %rows_left, %c0 : i64
  %register = "mlopt.by_role"(%rows, %c0, %c0, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.when"(%is_fused) ({
    %op = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
    %tiled:2 = "mlopt.fuse"(%op, %register) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "mlopt.when"(%is_ragged) ({
      "mlopt.peel"(%tiled#1) : (!transform.any_op) -> ()
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.when"(%is_blocked) ({
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %block = "mlopt.by_role"(%c0, %c0, %block_k, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
    %cut:2 = "mlopt.tile"(%op, %block) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %piece = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %tiled:2 = "mlopt.tile"(%piece, %register) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "mlopt.when"(%is_ragged) ({
      "mlopt.peel"(%tiled#1) : (!transform.any_op) -> ()
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (3) Walk k one step at a time, unrolled: rank-1 updates of the accumulators.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %step = "mlopt.by_role"(%c0, %c0, %c1, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
  %update:2 = "mlopt.tile"(%root, %step) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.unroll"(%update#1, %unroll_k) : (!transform.any_op, i64) -> ()

  // (4) What waits for the whole result tile streams over it; any few rows will do.
  "mlopt.when"(%is_blocked) ({
    %stream = "mlopt.by_role"(%c4, %n, %c0, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
    %epilogue = "mlopt.payload"() {ops = "epilogue"} : () -> !transform.any_op
    %tiled:2 = "mlopt.tile"(%epilogue, %stream) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %producers = "mlopt.payload"() {ops = "producers"} : () -> !transform.any_op
    %filled:2 = "mlopt.tile"(%producers, %stream) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_cpu_tail"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "prepacked.contraction", kind = "contraction", target = "llvm-cpu",
    version = "1"} : () -> ()
