// Convolutions with a filter of one pixel on the CPU: contractions whose rows are the
// pixels of an image, with one loop over lines and one over the pixels of a line. Such
// loops cannot be walked as one, so a register tile is a few pixels of one line and a few
// vectors of channels, scripted as in a direct convolution, and panels of the filter are
// copied once for all lines of a workgroup's tile.
//
//   C[h, w, c] += A[h, w, i] * B[i, c], then an epilogue over C
//   ->
//   forall (dist_height, dist_width, dist_channels):  workgroups
//     for c step columns:                              ("channels_outer": B' = copy B[.., c..])
//       for h step 1, for w step rows:                 register tile, with fill and epilogue
//         for i step 1, unrolled:                      outer products
//   or, where so much of the filter fits no cache ("block_in"):
//     for c step columns:
//       fill C'
//       for i step block_in:
//         B' = copy B[i.., c..]
//         for h step 1, for w step rows: for i step 1, unrolled
//       epilogue over C'
"mlopt.space"() ({
  %height = "mlopt.extent"() {loop = "height"} : () -> i64
  %width = "mlopt.extent"() {loop = "width"} : () -> i64
  %channels = "mlopt.extent"() {loop = "channels"} : () -> i64
  %in_channels = "mlopt.extent"() {loop = "in_channels"} : () -> i64
  %item_bytes = "mlopt.property"() {name = "workload.item_bytes"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c7 = arith.constant 7 : i64
  %c8 = arith.constant 8 : i64
  %c14 = arith.constant 14 : i64
  %c32 = arith.constant 32 : i64
  %c64 = arith.constant 64 : i64
  %c128 = arith.constant 128 : i64
  %c256 = arith.constant 256 : i64
  %c512 = arith.constant 512 : i64
  %c65536 = arith.constant 65536 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %four_vectors = arith.muli %c4, %lanes : i64
  %filters = "mlopt.property"() {name = "workload.num_loops"} : () -> i64
  %is_pointwise = arith.cmpi eq, %filters, %c4 : i64
  "mlopt.match"(%is_pointwise) {message = "pixels of one image"} : (i1) -> ()
  %channels_rest = arith.remsi %channels, %lanes : i64
  %channels_whole = arith.cmpi eq, %channels_rest, %c0 : i64
  "mlopt.match"(%channels_whole) {message = "channels must fill whole vectors"} : (i1) -> ()

  // The workgroup's tile.
  %height_sizes = "mlopt.tiles"(%height, %c1, %c64) : (i64, i64, i64) -> !mlopt.values
  %dist_height = "mlopt.knob"(%height_sizes, %c4) {name = "dist_height"} : (!mlopt.values, i64) -> i64
  %width_sizes = "mlopt.divisors"(%width) {low = 4, high = 256} : (i64) -> !mlopt.values
  %dist_width = "mlopt.knob"(%width_sizes, %c256) {name = "dist_width"} : (!mlopt.values, i64) -> i64
  %channel_all = "mlopt.divisors"(%channels) {low = 1, high = 512} : (i64) -> !mlopt.values
  %channel_sizes = "mlopt.multiples"(%channel_all, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  %dist_channels = "mlopt.knob"(%channel_sizes, %c64) {name = "dist_channels"} : (!mlopt.values, i64) -> i64

  // The register tile.
  %row_sizes = "mlopt.divisors"(%width) {low = 1, high = 14} : (i64) -> !mlopt.values
  %rows = "mlopt.knob"(%row_sizes, %c4) {name = "rows"} : (!mlopt.values, i64) -> i64
  %vectors = "mlopt.list"() {values = [1, 2, 3, 4, 6, 8]} : () -> !mlopt.values
  %widths = "mlopt.scaled"(%vectors, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  %column_sizes = "mlopt.dividing"(%widths, %channels) : (!mlopt.values, i64) -> !mlopt.values
  %columns = "mlopt.knob"(%column_sizes, %two_vectors) {name = "columns"} : (!mlopt.values, i64) -> i64
  %row_rest = arith.remsi %dist_width, %rows : i64
  %row_divides = arith.cmpi eq, %row_rest, %c0 : i64
  %column_rest = arith.remsi %dist_channels, %columns : i64
  %column_divides = arith.cmpi eq, %column_rest, %c0 : i64
  %divides = arith.andi %row_divides, %column_divides : i1
  "mlopt.require"(%divides) {message = "a register tile must divide its workgroup tile"} : (i1) -> ()
  %unrolled = arith.muli %rows, %columns : i64
  %limit = arith.muli %c32, %lanes : i64
  %small = arith.cmpi sle, %unrolled, %limit : i64
  "mlopt.require"(%small) {message = "the accumulators must fit the registers"} : (i1) -> ()

  // Whether all lines of a tile meet some channels before the next channels come: then
  // the part of the filter that they share may be copied into contiguous lines.
  %no_or_yes = "mlopt.list"() {values = [false, true]} : () -> !mlopt.values
  %outer_number = "mlopt.knob"(%no_or_yes, %c0) {name = "channels_outer"} : (!mlopt.values, i64) -> i64
  %outer = arith.cmpi eq, %outer_number, %c1 : i64
  %copy_number = "mlopt.knob"(%no_or_yes, %c0) {name = "copy_filter"} : (!mlopt.values, i64) -> i64
  %copies = arith.cmpi eq, %copy_number, %c1 : i64
  %order_suits = arith.cmpi sle, %copy_number, %outer_number : i64
  "mlopt.require"(%order_suits) {message = "a copied filter serves all lines of a tile"} : (i1) -> ()
  %blocks = "mlopt.divisors"(%in_channels) {low = 16, high = 512} : (i64) -> !mlopt.values
  %block_sizes = "mlopt.prepend"(%c0, %blocks) : (i64, !mlopt.values) -> !mlopt.values
  %block_in = "mlopt.knob"(%block_sizes, %c0) {name = "block_in"} : (!mlopt.values, i64) -> i64
  %is_blocked = arith.cmpi sgt, %block_in, %c0 : i64
  %true = arith.constant true
  %sees_all = arith.xori %is_blocked, %true : i1
  %ordered = arith.ori %sees_all, %outer : i1
  "mlopt.require"(%ordered) {message = "blocks of the filter are met channels by channels"} : (i1) -> ()
  %depth = arith.select %is_blocked, %block_in, %in_channels : i64
  %panel = arith.muli %depth, %columns : i64
  %panel_bytes = arith.muli %panel, %item_bytes : i64
  %copied_bytes = arith.muli %panel_bytes, %copy_number : i64
  // Sums that an epilogue reads later wait on the stack too.
  %has_epilogue = "mlopt.property"() {name = "workload.has_epilogue"} : () -> i64
  %tile_pixels = arith.muli %dist_height, %dist_width : i64
  %strip_items = arith.muli %tile_pixels, %columns : i64
  %strip_bytes = arith.muli %strip_items, %item_bytes : i64
  %waiting = arith.muli %strip_bytes, %has_epilogue : i64
  %waiting_bytes = arith.select %is_blocked, %waiting, %c0 : i64
  %stack_bytes = arith.addi %copied_bytes, %waiting_bytes : i64
  %fits_stack = arith.cmpi sle, %stack_bytes, %c65536 : i64
  "mlopt.require"(%fits_stack) {message = "what is copied must fit the stack of a worker thread"} : (i1) -> ()
  %factors = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  %unrolls = "mlopt.dividing"(%factors, %in_channels) : (!mlopt.values, i64) -> !mlopt.values
  %unroll = "mlopt.knob"(%unrolls, %c4) {name = "unroll"} : (!mlopt.values, i64) -> i64

  "mlopt.advise"(%c8, %c256, %c64, %c7, %two_vectors, %c1) {expert = "seven pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer"]} : (i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c14, %c256, %c64, %c4, %two_vectors, %c1, %c1) {expert = "four pixels, copied",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer", "copy_filter"]} : (i64, i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c7, %c256, %c512, %c7, %four_vectors, %c1) {expert = "wide",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer"]} : (i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c14, %c256, %c32, %c14, %lanes, %c1) {expert = "narrow",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer"]} : (i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c4, %c256, %c256, %c7, %two_vectors) {expert = "line by line",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()

  // Blocks, for as many lines as leave half of the stack to the copy.
  %c7168 = arith.constant 7168 : i64
  %line_items = arith.muli %width, %two_vectors : i64
  %few_lines = arith.divsi %c7168, %line_items : i64
  %lines = arith.maxsi %few_lines, %c1 : i64
  "mlopt.advise"(%lines, %c256, %c64, %c7, %two_vectors, %c1, %c1, %c256) {expert = "blocks of seven pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer", "copy_filter", "block_in"]} : (i64, i64, i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%lines, %c256, %c64, %c4, %two_vectors, %c1, %c1, %c128) {expert = "blocks of four pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer", "copy_filter", "block_in"]} : (i64, i64, i64, i64, i64, i64, i64, i64) -> ()

  // (1) Share the output among workgroups; what follows the convolution comes along.
  %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %last = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
  %workgroup = "mlopt.by_loop"(%dist_height, %dist_width, %dist_channels, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
  %shared:2 = "mlopt.parallelize"(%last, %workgroup) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (2) Strips of channels.
  %inner = arith.xori %outer, %true : i1
  %line = "mlopt.by_loop"(%c1, %c1, %columns, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
  %pixels = "mlopt.by_loop"(%c1, %rows, %c0, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.when"(%outer) ({
    %some = "mlopt.by_loop"(%c0, %c0, %columns, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
    %op = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
    %strip:2 = "mlopt.fuse"(%op, %some) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()

  // (3) Register tiles. Those that see the whole sum go from their fill through the
  // epilogue at once; otherwise it is cut into blocks first.
  %fuses_pixels = arith.andi %outer, %sees_all : i1
  "mlopt.when"(%fuses_pixels) ({
    %each = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
    %tile:2 = "mlopt.fuse"(%each, %pixels) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.when"(%inner) ({
    %register = "mlopt.by_loop"(%c1, %rows, %columns, %c0) : (i64, i64, i64, i64) -> !mlopt.sizes
    %op = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
    %tile:2 = "mlopt.fuse"(%op, %register) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
  %copies_all = arith.andi %copies, %sees_all : i1
  "mlopt.when"(%copies_all) ({
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %copy = "mlopt.pack"(%op) {operand = 1} : (!transform.any_op) -> !transform.any_op
    "mlopt.hoist"(%function) : (!transform.any_op) -> ()
    %panels = "mlopt.payload"() {ops = "rhs_copy"} : () -> !transform.any_op
    %tiled:2 = "mlopt.tile"(%panels, %line) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.when"(%is_blocked) ({
    %whole = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %block = "mlopt.by_loop"(%c0, %c0, %c0, %block_in) : (i64, i64, i64, i64) -> !mlopt.sizes
    %cut:2 = "mlopt.tile"(%whole, %block) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "mlopt.when"(%copies) ({
      %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
      %copy = "mlopt.pack"(%op) {operand = 1} : (!transform.any_op) -> !transform.any_op
      %tiled:2 = "mlopt.tile"(%copy, %line) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    // What waits for the whole result tile streams over it.
    %stream = "mlopt.by_loop"(%c1, %rows, %columns, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
    %epilogue = "mlopt.payload"() {ops = "epilogue"} : () -> !transform.any_op
    %finished:2 = "mlopt.tile"(%epilogue, %stream) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %producers = "mlopt.payload"() {ops = "producers"} : () -> !transform.any_op
    %filled:2 = "mlopt.tile"(%producers, %stream) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %tile:2 = "mlopt.tile"(%op, %pixels) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()

  // (4) Walk the sum one channel at a time, unrolled: rank-1 updates of the accumulators.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %step = "mlopt.by_loop"(%c0, %c0, %c0, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
  %update:2 = "mlopt.tile"(%root, %step) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.unroll"(%update#1, %unroll) : (!transform.any_op, i64) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_cpu_tail"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "direct.pointwise", kind = "contraction", target = "llvm-cpu",
    version = "1"} : () -> ()
