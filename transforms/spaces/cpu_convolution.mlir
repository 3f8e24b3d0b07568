// Two-dimensional convolutions in channels-last layout on the CPU, plain and depthwise:
// tile sizes on the levels of IREE's convolution pipeline. A convolution of one image
// loses such a configuration on its way.
"mlopt.space"() ({
  %loops = "mlopt.property"() {name = "workload.num_loops"} : () -> i64
  %wanted = arith.constant 7 : i64
  %is_wanted = arith.cmpi eq, %loops, %wanted : i64
  "mlopt.match"(%is_wanted) {message = "not depthwise"} : (i1) -> ()
  %keeps = "mlopt.property"() {name = "workload.keeps_its_loops"} : () -> i64
  %one = arith.constant 1 : i64
  %is_kept = arith.cmpi eq, %keeps, %one : i64
  "mlopt.match"(%is_kept) {message = "of several images"} : (i1) -> ()
  %height = "mlopt.extent"() {loop = "height"} : () -> i64
  %width = "mlopt.extent"() {loop = "width"} : () -> i64
  %channels = "mlopt.extent"() {loop = "channels"} : () -> i64
  %in_channels = "mlopt.extent"() {loop = "in_channels"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c6 = arith.constant 6 : i64
  %c8 = arith.constant 8 : i64
  %c14 = arith.constant 14 : i64
  %c16 = arith.constant 16 : i64
  %c32 = arith.constant 32 : i64
  %c64 = arith.constant 64 : i64
  %c256 = arith.constant 256 : i64
  %c512 = arith.constant 512 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %wide = arith.muli %c8, %lanes : i64
  %channels_low = arith.minsi %channels, %lanes : i64

  // The workgroup's tile, and the vector's.
  %height_sizes = "mlopt.tiles"(%height, %c1, %c64) : (i64, i64, i64) -> !mlopt.values
  %dist_height = "mlopt.knob"(%height_sizes, %c4) {name = "dist_height"} : (!mlopt.values, i64) -> i64
  %width_sizes = "mlopt.tiles"(%width, %c1, %c256) : (i64, i64, i64) -> !mlopt.values
  %dist_width = "mlopt.knob"(%width_sizes, %c64) {name = "dist_width"} : (!mlopt.values, i64) -> i64
  %channel_sizes = "mlopt.tiles"(%channels, %channels_low, %c512) : (i64, i64, i64) -> !mlopt.values
  %dist_channels = "mlopt.knob"(%channel_sizes, %c64) {name = "dist_channels"} : (!mlopt.values, i64) -> i64
  %vec_widths = "mlopt.tiles"(%width, %c1, %c16) : (i64, i64, i64) -> !mlopt.values
  %vec_width = "mlopt.knob"(%vec_widths, %c4) {name = "vec_width"} : (!mlopt.values, i64) -> i64
  %vec_some = "mlopt.tiles"(%channels, %channels_low, %wide) : (i64, i64, i64) -> !mlopt.values
  %vec_channels = "mlopt.knob"(%vec_some, %lanes) {name = "vec_channels"} : (!mlopt.values, i64) -> i64
  %vec_ins = "mlopt.tiles"(%in_channels, %c1, %c16) : (i64, i64, i64) -> !mlopt.values
  %vec_in = "mlopt.knob"(%vec_ins, %c8) {name = "vec_in_channels"} : (!mlopt.values, i64) -> i64

  %unrolled = arith.muli %vec_width, %vec_channels : i64
  %limit = arith.muli %c32, %lanes : i64
  %small = arith.cmpi sle, %unrolled, %limit : i64
  "mlopt.require"(%small) {message = "the unrolled tile must stay small"} : (i1) -> ()
  %fits_width = arith.cmpi sle, %vec_width, %dist_width : i64
  %fits_channels = arith.cmpi sle, %vec_channels, %dist_channels : i64
  %fits = arith.andi %fits_width, %fits_channels : i1
  "mlopt.require"(%fits) {message = "a register tile must fit its workgroup tile"} : (i1) -> ()

  "mlopt.advise"(%c4, %c64, %c64, %c4, %two_vectors) {expert = "four rows",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c8, %c64, %c64, %c6, %two_vectors) {expert = "eight rows",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c1, %c64, %c64, %c8, %lanes) {expert = "one row",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c2, %c64, %c64, %c4, %lanes) {expert = "two rows",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c14, %c64, %c64, %c4, %two_vectors) {expert = "many rows",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()

  // IREE's pipeline decomposes a two-dimensional convolution into one-dimensional ones,
  // so one output row and one filter row must remain in each vector step.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %workgroup = "mlopt.by_loop"(%c1, %dist_height, %dist_width, %dist_channels, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.configure"(%root, %workgroup) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  %vector = "mlopt.by_loop"(%c1, %c1, %vec_width, %vec_channels, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.configure"(%root, %vector) {level = "vector_common_parallel"} : (!transform.any_op, !mlopt.sizes) -> ()
  %reduction = "mlopt.by_loop"(%c0, %c0, %c0, %c0, %c1, %c1, %vec_in) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.configure"(%root, %reduction) {level = "vector_reduction"} : (!transform.any_op, !mlopt.sizes) -> ()
  %no = arith.constant false
  "mlopt.pipeline"(%root, %no) {name = "ConvTileAndDecomposeExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "configured.convolution", kind = "convolution", target = "llvm-cpu",
    version = "2"} : () -> ()

"mlopt.space"() ({
  %loops = "mlopt.property"() {name = "workload.num_loops"} : () -> i64
  %wanted = arith.constant 6 : i64
  %is_wanted = arith.cmpi eq, %loops, %wanted : i64
  "mlopt.match"(%is_wanted) {message = "depthwise"} : (i1) -> ()
  %keeps = "mlopt.property"() {name = "workload.keeps_its_loops"} : () -> i64
  %one = arith.constant 1 : i64
  %is_kept = arith.cmpi eq, %keeps, %one : i64
  "mlopt.match"(%is_kept) {message = "of several images"} : (i1) -> ()
  %height = "mlopt.extent"() {loop = "height"} : () -> i64
  %width = "mlopt.extent"() {loop = "width"} : () -> i64
  %channels = "mlopt.extent"() {loop = "channels"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c6 = arith.constant 6 : i64
  %c8 = arith.constant 8 : i64
  %c14 = arith.constant 14 : i64
  %c16 = arith.constant 16 : i64
  %c32 = arith.constant 32 : i64
  %c64 = arith.constant 64 : i64
  %c256 = arith.constant 256 : i64
  %c512 = arith.constant 512 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %wide = arith.muli %c8, %lanes : i64
  %channels_low = arith.minsi %channels, %lanes : i64

  // The workgroup's tile, and the vector's.
  %height_sizes = "mlopt.tiles"(%height, %c1, %c64) : (i64, i64, i64) -> !mlopt.values
  %dist_height = "mlopt.knob"(%height_sizes, %c4) {name = "dist_height"} : (!mlopt.values, i64) -> i64
  %width_sizes = "mlopt.tiles"(%width, %c1, %c256) : (i64, i64, i64) -> !mlopt.values
  %dist_width = "mlopt.knob"(%width_sizes, %c64) {name = "dist_width"} : (!mlopt.values, i64) -> i64
  %channel_sizes = "mlopt.tiles"(%channels, %channels_low, %c512) : (i64, i64, i64) -> !mlopt.values
  %dist_channels = "mlopt.knob"(%channel_sizes, %c64) {name = "dist_channels"} : (!mlopt.values, i64) -> i64
  %vec_widths = "mlopt.tiles"(%width, %c1, %c16) : (i64, i64, i64) -> !mlopt.values
  %vec_width = "mlopt.knob"(%vec_widths, %c4) {name = "vec_width"} : (!mlopt.values, i64) -> i64
  %vec_some = "mlopt.tiles"(%channels, %channels_low, %wide) : (i64, i64, i64) -> !mlopt.values
  %vec_channels = "mlopt.knob"(%vec_some, %lanes) {name = "vec_channels"} : (!mlopt.values, i64) -> i64

  %unrolled = arith.muli %vec_width, %vec_channels : i64
  %limit = arith.muli %c32, %lanes : i64
  %small = arith.cmpi sle, %unrolled, %limit : i64
  "mlopt.require"(%small) {message = "the unrolled tile must stay small"} : (i1) -> ()
  %fits_width = arith.cmpi sle, %vec_width, %dist_width : i64
  %fits_channels = arith.cmpi sle, %vec_channels, %dist_channels : i64
  %fits = arith.andi %fits_width, %fits_channels : i1
  "mlopt.require"(%fits) {message = "a register tile must fit its workgroup tile"} : (i1) -> ()

  "mlopt.advise"(%c4, %c64, %c64, %c4, %two_vectors) {expert = "four rows",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c8, %c64, %c64, %c6, %two_vectors) {expert = "eight rows",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c1, %c64, %c64, %c8, %lanes) {expert = "one row",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c2, %c64, %c64, %c4, %lanes) {expert = "two rows",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c14, %c64, %c64, %c4, %two_vectors) {expert = "many rows",
    knobs = ["dist_height", "dist_width", "dist_channels", "vec_width", "vec_channels"]} : (i64, i64, i64, i64, i64) -> ()

  // IREE's pipeline decomposes a two-dimensional convolution into one-dimensional ones,
  // so one output row and one filter row must remain in each vector step.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %workgroup = "mlopt.by_loop"(%c1, %dist_height, %dist_width, %dist_channels, %c0, %c0) : (i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.configure"(%root, %workgroup) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  %vector = "mlopt.by_loop"(%c1, %c1, %vec_width, %vec_channels, %c0, %c0) : (i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.configure"(%root, %vector) {level = "vector_common_parallel"} : (!transform.any_op, !mlopt.sizes) -> ()
  %reduction = "mlopt.by_loop"(%c0, %c0, %c0, %c0, %c1, %c1) : (i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.configure"(%root, %reduction) {level = "vector_reduction"} : (!transform.any_op, !mlopt.sizes) -> ()
  %no = arith.constant false
  "mlopt.pipeline"(%root, %no) {name = "ConvTileAndDecomposeExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "configured.depthwise", kind = "convolution", target = "llvm-cpu",
    version = "2"} : () -> ()
