// Gradients of a convolution's filter on the CPU, scripted: for each tap of the filter a
// matrix product of the input's channels with the result's, summed over the pixels of all
// images. A few input channels and a few vectors of output channels stay in registers
// over the whole sum.
"mlopt.space"() ({
  %in_channels = "mlopt.extent"() {loop = "in_channels"} : () -> i64
  %channels = "mlopt.extent"() {loop = "channels"} : () -> i64
  %gradient_height = "mlopt.extent"() {loop = "gradient_height"} : () -> i64
  %gradient_width = "mlopt.extent"() {loop = "gradient_width"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c8 = arith.constant 8 : i64
  %c16 = arith.constant 16 : i64
  %c32 = arith.constant 32 : i64
  %c64 = arith.constant 64 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %four_vectors = arith.muli %c4, %lanes : i64

  // The workgroup's tile: one tap, some channels of both sides.
  %in_sizes = "mlopt.divisors"(%in_channels) {low = 1, high = 512} : (i64) -> !mlopt.values
  %dist_in = "mlopt.knob"(%in_sizes, %c16) {name = "dist_in_channels"} : (!mlopt.values, i64) -> i64
  %out_sizes = "mlopt.divisors"(%channels) {low = 1, high = 512} : (i64) -> !mlopt.values
  %dist_channels = "mlopt.knob"(%out_sizes, %c64) {name = "dist_channels"} : (!mlopt.values, i64) -> i64

  // The register tile: whole vectors where the channels are some.
  %row_sizes = "mlopt.divisors"(%in_channels) {low = 1, high = 16} : (i64) -> !mlopt.values
  %rows = "mlopt.knob"(%row_sizes, %c8) {name = "rows"} : (!mlopt.values, i64) -> i64
  %some_columns = "mlopt.divisors"(%channels) {low = 1, high = 64} : (i64) -> !mlopt.values
  %column_sizes = "mlopt.multiples"(%some_columns, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  %columns = "mlopt.knob"(%column_sizes, %two_vectors) {name = "columns"} : (!mlopt.values, i64) -> i64
  %row_rest = arith.remsi %dist_in, %rows : i64
  %row_divides = arith.cmpi eq, %row_rest, %c0 : i64
  %column_rest = arith.remsi %dist_channels, %columns : i64
  %column_divides = arith.cmpi eq, %column_rest, %c0 : i64
  %divides = arith.andi %row_divides, %column_divides : i1
  "mlopt.require"(%divides) {message = "a register tile must divide its workgroup tile"} : (i1) -> ()
  %unrolled = arith.muli %rows, %columns : i64
  %limit = arith.muli %c32, %lanes : i64
  %small = arith.cmpi sle, %unrolled, %limit : i64
  "mlopt.require"(%small) {message = "the accumulators must fit the registers"} : (i1) -> ()
  %factors = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  %unrolls = "mlopt.dividing"(%factors, %gradient_width) : (!mlopt.values, i64) -> !mlopt.values
  %unroll = "mlopt.knob"(%unrolls, %c2) {name = "unroll"} : (!mlopt.values, i64) -> i64

  "mlopt.advise"(%c16, %c64, %c8, %two_vectors) {expert = "eight rows",
    knobs = ["dist_in_channels", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c32, %c64, %c16, %lanes) {expert = "sixteen rows",
    knobs = ["dist_in_channels", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64) -> ()
  "mlopt.advise"(%c16, %c64, %c4, %four_vectors) {expert = "four rows",
    knobs = ["dist_in_channels", "dist_channels", "rows", "columns"]} : (i64, i64, i64, i64) -> ()

  // (1) Share the gradient among workgroups; what follows, such as an optimizer's step,
  // comes along.
  %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %last = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
  %workgroup = "mlopt.by_loop"(%dist_in, %c1, %c1, %dist_channels, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %shared:2 = "mlopt.parallelize"(%last, %workgroup) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (2) Register tiles.
  %op = "mlopt.payload"() {ops = "last"} : () -> !transform.any_op
  %register = "mlopt.by_loop"(%rows, %c0, %c0, %columns, %c0, %c0, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %tile:2 = "mlopt.fuse"(%op, %register) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (3) One line of one image at a time; what is left is a matrix product.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %line = "mlopt.by_loop"(%c0, %c0, %c0, %c0, %c1, %c1, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %lines:2 = "mlopt.tile"(%root, %line) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  %left = "mlopt.by_loop"(%rows, %c1, %c1, %columns, %c1, %c1, %c0) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %product = "mlopt.fold_unit_loops"(%lines#1, %left) : (!transform.any_op, !mlopt.sizes) -> !transform.any_op

  // (4) Pixel by pixel, unrolled: rank-1 updates of the accumulators.
  %pixel = "mlopt.by_loop"(%c0, %c0, %c0, %c0, %c0, %c0, %c1) : (i64, i64, i64, i64, i64, i64, i64) -> !mlopt.sizes
  %update:2 = "mlopt.tile"(%product, %pixel) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.unroll"(%update#1, %unroll) : (!transform.any_op, i64) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_cpu_tail"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "direct.filter_gradient", kind = "convolution", target = "llvm-cpu",
    version = "1"} : () -> ()
