// Two-dimensional convolutions in channels-last layout on the CPU, scripted: the root is
// tiled to one pixel of the filter, and what is left of it vectorized.

// Plain convolutions as matrix products, one for each pixel of the filter: the root is
// tiled until such a product of a few output pixels and a few vectors of channels is
// left, whose accumulators stay in registers over the whole filter. Where so much of the
// filter fits no cache ("block_in"), all pixels of a workgroup's tile meet one pixel of it
// and some input channels before the next, and their sums wait in a buffer:
//
//   forall (dist_height, dist_width, dist_channels):  workgroups
//     for c step columns:
//       fill C'
//       for filter_height, filter_width, i step block_in:
//         B' = copy B[.., .., i.., c..]                contiguous, reused by all pixels
//         for h step 1, for w step rows:               register tile
//           for i step 1, unrolled:                    outer products
//       epilogue over C'
"mlopt.space"() ({
  %loops = "mlopt.property"() {name = "workload.num_loops"} : () -> i64
  %wanted = arith.constant 7 : i64
  %is_wanted = arith.cmpi eq, %loops, %wanted : i64
  "mlopt.match"(%is_wanted) {message = "not depthwise"} : (i1) -> ()
  %height = "mlopt.extent"() {loop = "height"} : () -> i64
  %width = "mlopt.extent"() {loop = "width"} : () -> i64
  %channels = "mlopt.extent"() {loop = "channels"} : () -> i64
  %in_channels = "mlopt.extent"() {loop = "in_channels"} : () -> i64
  %filter_height = "mlopt.extent"() {loop = "filter_height"} : () -> i64
  %filter_width = "mlopt.extent"() {loop = "filter_width"} : () -> i64
  %item_bytes = "mlopt.property"() {name = "workload.item_bytes"} : () -> i64
  %unit_strides = "mlopt.property"() {name = "workload.has_unit_strides"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c7 = arith.constant 7 : i64
  %c8 = arith.constant 8 : i64
  %c14 = arith.constant 14 : i64
  %c16 = arith.constant 16 : i64
  %c32 = arith.constant 32 : i64
  %c64 = arith.constant 64 : i64
  %c128 = arith.constant 128 : i64
  %c256 = arith.constant 256 : i64
  %c512 = arith.constant 512 : i64
  %c65536 = arith.constant 65536 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %four_vectors = arith.muli %c4, %lanes : i64
  %wide = arith.muli %c8, %lanes : i64
  %channels_low = arith.minsi %channels, %lanes : i64

  // The workgroup's tile.
  %height_sizes = "mlopt.tiles"(%height, %c1, %c64) : (i64, i64, i64) -> !mlopt.values
  %dist_height = "mlopt.knob"(%height_sizes, %c4) {name = "dist_height"} : (!mlopt.values, i64) -> i64
  %width_sizes = "mlopt.divisors"(%width) {low = 4, high = 256} : (i64) -> !mlopt.values
  %dist_width = "mlopt.knob"(%width_sizes, %c256) {name = "dist_width"} : (!mlopt.values, i64) -> i64
  %channel_sizes = "mlopt.tiles"(%channels, %channels_low, %c512) : (i64, i64, i64) -> !mlopt.values
  %dist_channels = "mlopt.knob"(%channel_sizes, %c64) {name = "dist_channels"} : (!mlopt.values, i64) -> i64

  // The register tile: output pixels of one row, and channels.
  %row_sizes = "mlopt.divisors"(%width) {low = 1, high = 14} : (i64) -> !mlopt.values
  %rows = "mlopt.knob"(%row_sizes, %c4) {name = "rows"} : (!mlopt.values, i64) -> i64
  %column_sizes = "mlopt.tiles"(%channels, %channels_low, %wide) : (i64, i64, i64) -> !mlopt.values
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

  // Whether all rows of a tile meet some channels before the next channels come: then
  // the part of the filter that they share may be copied into contiguous lines.
  %no_or_yes = "mlopt.list"() {values = [false, true]} : () -> !mlopt.values
  %outer_number = "mlopt.knob"(%no_or_yes, %c0) {name = "channels_outer"} : (!mlopt.values, i64) -> i64
  %outer = arith.cmpi eq, %outer_number, %c1 : i64
  %copy_number = "mlopt.knob"(%no_or_yes, %c0) {name = "copy_filter"} : (!mlopt.values, i64) -> i64
  %copies = arith.cmpi eq, %copy_number, %c1 : i64
  %order_suits = arith.cmpi sle, %copy_number, %outer_number : i64
  "mlopt.require"(%order_suits) {message = "a copied filter serves all rows of a tile"} : (i1) -> ()
  %filter = arith.muli %filter_height, %filter_width : i64
  %taps = arith.muli %filter, %in_channels : i64
  %blocks = "mlopt.divisors"(%in_channels) {low = 16, high = 512} : (i64) -> !mlopt.values
  %block_sizes = "mlopt.prepend"(%c0, %blocks) : (i64, !mlopt.values) -> !mlopt.values
  %block_in = "mlopt.knob"(%block_sizes, %c0) {name = "block_in"} : (!mlopt.values, i64) -> i64
  %is_blocked = arith.cmpi sgt, %block_in, %c0 : i64
  %true = arith.constant true
  %sees_all = arith.xori %is_blocked, %true : i1
  // A loop of one trip folds away, so it could not be named any more.
  %cuts_block = arith.cmpi slt, %block_in, %in_channels : i64
  %block_loop = arith.andi %is_blocked, %cuts_block : i1
  %filter_loop = arith.cmpi sgt, %filter_width, %c1 : i64
  %has_loop = arith.ori %filter_loop, %block_loop : i1
  "mlopt.require"(%has_loop) {message = "one pixel is the whole filter: it must be cut into blocks"} : (i1) -> ()
  %block_size = arith.select %cuts_block, %block_in, %c0 : i64
  %ordered = arith.ori %sees_all, %outer : i1
  "mlopt.require"(%ordered) {message = "blocks of the filter are met channels by channels"} : (i1) -> ()
  %depth = arith.select %is_blocked, %block_in, %taps : i64
  %panel = arith.muli %depth, %columns : i64
  %panel_bytes = arith.muli %panel, %item_bytes : i64
  %copied_bytes = arith.muli %panel_bytes, %copy_number : i64
  %own_store = "mlopt.property"() {name = "workload.has_own_store"} : () -> i64
  %row_items = arith.muli %dist_width, %dist_channels : i64
  %tile_items = arith.muli %row_items, %dist_height : i64
  %tile_bytes = arith.muli %tile_items, %item_bytes : i64
  %stored_bytes = arith.muli %tile_bytes, %own_store : i64
  // Sums that an epilogue reads later wait on the stack too.
  %has_epilogue = "mlopt.property"() {name = "workload.has_epilogue"} : () -> i64
  %tile_pixels = arith.muli %dist_height, %dist_width : i64
  %strip_items = arith.muli %tile_pixels, %columns : i64
  %strip_bytes = arith.muli %strip_items, %item_bytes : i64
  %waiting = arith.muli %strip_bytes, %has_epilogue : i64
  %waiting_bytes = arith.select %is_blocked, %waiting, %c0 : i64
  %held_bytes = arith.addi %stored_bytes, %waiting_bytes : i64
  %stack_bytes = arith.addi %copied_bytes, %held_bytes : i64
  %fits_stack = arith.cmpi sle, %stack_bytes, %c65536 : i64
  "mlopt.require"(%fits_stack) {message = "what is copied must fit the stack of a worker thread"} : (i1) -> ()
  %factors = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  %unrolls = "mlopt.dividing"(%factors, %in_channels) : (!mlopt.values, i64) -> !mlopt.values
  %unroll = "mlopt.knob"(%unrolls, %c4) {name = "unroll"} : (!mlopt.values, i64) -> i64

  "mlopt.advise"(%c4, %c256, %c64, %c4, %two_vectors) {expert = "four pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c14, %c256, %c32, %c7, %two_vectors) {expert = "seven pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c7, %c256, %c64, %c7, %lanes) {expert = "narrow",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c14, %c256, %c32, %c2, %four_vectors) {expert = "wide",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c14, %c256, %c32, %c14, %two_vectors) {expert = "fourteen pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()
  // Blocks, for as many lines as leave half of the stack to the copy.
  %c7168 = arith.constant 7168 : i64
  %line_items = arith.muli %width, %two_vectors : i64
  %few_lines = arith.divsi %c7168, %line_items : i64
  %lines = arith.maxsi %few_lines, %c1 : i64
  "mlopt.advise"(%lines, %c256, %c64, %c7, %two_vectors, %c1, %c1, %c256) {expert = "blocks of seven pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer", "copy_filter", "block_in"]} : (i64, i64, i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%lines, %c256, %c64, %c14, %two_vectors, %c1, %c1, %c128) {expert = "blocks of fourteen pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer", "copy_filter", "block_in"]} : (i64, i64, i64, i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%lines, %c256, %c64, %c4, %two_vectors, %c1, %c1, %c128) {expert = "blocks of four pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns", "channels_outer", "copy_filter", "block_in"]} : (i64, i64, i64, i64, i64, i64, i64, i64) -> ()

  // (1) Share the output among workgroups; what follows the convolution comes along.
  %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %store = "mlopt.payload"() {ops = "store"} : () -> !transform.any_op
  %workgroup = "mlopt.by_loop"(%c1, %dist_height, %dist_width, %dist_channels, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %shared:2 = "mlopt.parallelize"(%store, %workgroup) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (2) Strips of channels; what they share of the filter may be copied.
  %inner = arith.xori %outer, %true : i1
  %line = "mlopt.by_loop"(%c1, %c1, %c1, %columns, %c1, %c1, %c1) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %pixels = "mlopt.by_loop"(%c0, %c1, %rows, %c0, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.when"(%outer) ({
    %some = "mlopt.by_loop"(%c0, %c0, %c0, %columns, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
    %op = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
    %strip:2 = "mlopt.fuse"(%op, %some) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()

  // (3) Register tiles. Those that see the whole filter go from their fill through the
  // epilogue at once; otherwise the filter is cut into blocks first.
  %fuses_pixels = arith.andi %outer, %sees_all : i1
  "mlopt.when"(%fuses_pixels) ({
    %each = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
    %tile:2 = "mlopt.fuse"(%each, %pixels) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.when"(%inner) ({
    %register = "mlopt.by_loop"(%c0, %c1, %rows, %columns, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
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

  // (4) One pixel of the filter at a time, or a block of it; what is left is a matrix
  // product.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %pixel = "mlopt.by_loop"(%c0, %c0, %c0, %c0, %c1, %c1, %block_size) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %taps_tiled:2 = "mlopt.tile"(%root, %pixel) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.when"(%is_blocked) ({
    "mlopt.when"(%copies) ({
      %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
      %copy = "mlopt.pack"(%op) {operand = 1} : (!transform.any_op) -> !transform.any_op
      %tiled:2 = "mlopt.tile"(%copy, %line) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
      "transform.yield"() : () -> ()
    }) : (i1) -> ()
    // What waits for the whole result tile streams over it.
    %stream = "mlopt.by_loop"(%c1, %c1, %rows, %columns, %c1, %c1, %c1) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
    %epilogue = "mlopt.payload"() {ops = "epilogue"} : () -> !transform.any_op
    %finished:2 = "mlopt.tile"(%epilogue, %stream) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %producers = "mlopt.payload"() {ops = "producers"} : () -> !transform.any_op
    %filled:2 = "mlopt.tile"(%producers, %stream) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %tile:2 = "mlopt.tile"(%op, %pixels) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "transform.yield"() : () -> ()
  }) : (i1) -> ()

  // (5) Walk its sum one step at a time, unrolled: rank-1 updates of the accumulators.
  // Where the filter steps over pixels, neighbours in the output do not read neighbours,
  // so the update is one of each pixel, and all pixels of a step are unrolled.
  %step = "mlopt.by_loop"(%c0, %c0, %c0, %c0, %c0, %c0, %c1) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %is_strided = arith.cmpi eq, %unit_strides, %c0 : i64
  %several = arith.cmpi sgt, %rows, %c1 : i64
  %spreads = arith.andi %is_strided, %several : i1
  %stays = arith.xori %spreads, %true : i1
  "mlopt.when"(%stays) ({
    %left = "mlopt.by_loop"(%c1, %c1, %rows, %columns, %c1, %c1, %block_size) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
    %product = "mlopt.fold_unit_loops"(%taps_tiled#1, %left) : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
    %update:2 = "mlopt.tile"(%product, %step) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    "mlopt.unroll"(%update#1, %unroll) : (!transform.any_op, i64) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.when"(%spreads) ({
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    %update:2 = "mlopt.tile"(%op, %step) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %one = "mlopt.by_loop"(%c0, %c0, %c1, %c0, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
    %each:2 = "mlopt.tile"(%update#0, %one) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
    %left = "mlopt.by_loop"(%c1, %c1, %c1, %columns, %c1, %c1, %c1) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
    %product = "mlopt.fold_unit_loops"(%update#1, %left) : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
    "mlopt.unroll"(%each#1, %rows) : (!transform.any_op, i64) -> ()
    "mlopt.unroll"(%update#1, %unroll) : (!transform.any_op, i64) -> ()
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_cpu_tail"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "direct.convolution", kind = "convolution", target = "llvm-cpu",
    version = "2"} : () -> ()

// Depthwise convolutions: a few output pixels and a few vectors of channels, whose sums
// stay in registers over the whole filter.
"mlopt.space"() ({
  %loops = "mlopt.property"() {name = "workload.num_loops"} : () -> i64
  %wanted = arith.constant 6 : i64
  %is_wanted = arith.cmpi eq, %loops, %wanted : i64
  "mlopt.match"(%is_wanted) {message = "depthwise"} : (i1) -> ()
  %height = "mlopt.extent"() {loop = "height"} : () -> i64
  %width = "mlopt.extent"() {loop = "width"} : () -> i64
  %channels = "mlopt.extent"() {loop = "channels"} : () -> i64
  %item_bytes = "mlopt.property"() {name = "workload.item_bytes"} : () -> i64
  %unit_strides = "mlopt.property"() {name = "workload.has_unit_strides"} : () -> i64
  %own_store = "mlopt.property"() {name = "workload.has_own_store"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c7 = arith.constant 7 : i64
  %c8 = arith.constant 8 : i64
  %c14 = arith.constant 14 : i64
  %c16 = arith.constant 16 : i64
  %c32 = arith.constant 32 : i64
  %c64 = arith.constant 64 : i64
  %c256 = arith.constant 256 : i64
  %c512 = arith.constant 512 : i64
  %c65536 = arith.constant 65536 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %four_vectors = arith.muli %c4, %lanes : i64
  %wide = arith.muli %c8, %lanes : i64
  %channels_low = arith.minsi %channels, %lanes : i64

  // The workgroup's tile.
  %height_sizes = "mlopt.tiles"(%height, %c1, %c64) : (i64, i64, i64) -> !mlopt.values
  %dist_height = "mlopt.knob"(%height_sizes, %c8) {name = "dist_height"} : (!mlopt.values, i64) -> i64
  %width_sizes = "mlopt.divisors"(%width) {low = 4, high = 256} : (i64) -> !mlopt.values
  %dist_width = "mlopt.knob"(%width_sizes, %c256) {name = "dist_width"} : (!mlopt.values, i64) -> i64
  %channel_sizes = "mlopt.tiles"(%channels, %channels_low, %c512) : (i64, i64, i64) -> !mlopt.values
  %dist_channels = "mlopt.knob"(%channel_sizes, %c32) {name = "dist_channels"} : (!mlopt.values, i64) -> i64
  %row_items = arith.muli %dist_width, %dist_channels : i64
  %tile_items = arith.muli %row_items, %dist_height : i64
  %tile_bytes = arith.muli %tile_items, %item_bytes : i64
  %stored_bytes = arith.muli %tile_bytes, %own_store : i64
  %fits_stack = arith.cmpi sle, %stored_bytes, %c65536 : i64
  "mlopt.require"(%fits_stack) {message = "what waits for its store must fit the stack of a worker thread"} : (i1) -> ()

  // The register tile: output pixels of one row, and channels. Where the filter steps
  // over pixels, neighbours in the output do not read neighbours: one pixel at a time.
  %row_divisors = "mlopt.divisors"(%width) {low = 1, high = 14} : (i64) -> !mlopt.values
  %more = arith.muli %unit_strides, %c256 : i64
  %row_limit = arith.maxsi %more, %c1 : i64
  %row_sizes = "mlopt.at_most"(%row_divisors, %row_limit) : (!mlopt.values, i64) -> !mlopt.values
  %rows = "mlopt.knob"(%row_sizes, %c4) {name = "rows"} : (!mlopt.values, i64) -> i64
  %column_sizes = "mlopt.tiles"(%channels, %channels_low, %wide) : (i64, i64, i64) -> !mlopt.values
  %columns = "mlopt.knob"(%column_sizes, %lanes) {name = "columns"} : (!mlopt.values, i64) -> i64
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

  "mlopt.advise"(%c8, %c256, %c32, %c4, %lanes) {expert = "four pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c14, %c256, %c16, %c7, %lanes) {expert = "seven pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c4, %c256, %c64, %c2, %two_vectors) {expert = "two pixels",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c4, %c256, %c64, %c1, %four_vectors) {expert = "one pixel",
    knobs = ["dist_height", "dist_width", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64, i64) -> ()

  %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %store = "mlopt.payload"() {ops = "store"} : () -> !transform.any_op
  %workgroup = "mlopt.by_loop"(%c1, %dist_height, %dist_width, %dist_channels, %c0, %c0) : (i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %shared:2 = "mlopt.parallelize"(%store, %workgroup) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
  %last = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
  %register = "mlopt.by_loop"(%c0, %c1, %rows, %columns, %c0, %c0) : (i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %tile:2 = "mlopt.fuse"(%last, %register) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %pixel = "mlopt.by_loop"(%c0, %c0, %c0, %c0, %c1, %c1) : (i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %taps:2 = "mlopt.tile"(%root, %pixel) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  %left = "mlopt.by_loop"(%c1, %c1, %rows, %columns, %c1, %c1) : (i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %product = "mlopt.fold_unit_loops"(%taps#1, %left) : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
  "mlopt.include"(%function) {sequence = "mlopt_cpu_tail"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "direct.depthwise", kind = "convolution", target = "llvm-cpu",
    version = "1"} : () -> ()
