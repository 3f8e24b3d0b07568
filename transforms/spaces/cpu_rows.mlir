// Kernels that reduce rows on the CPU, and use what they found for the rows again:
// softmax, norms, sums of rows. Scripted: a few rows at a time go through all ops of the
// kernel and stay in the nearest cache, each reduction with a vector of accumulators.
"mlopt.space"() ({
  %row_bytes = "mlopt.property"() {name = "workload.row_bytes"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c16 = arith.constant 16 : i64
  %c64 = arith.constant 64 : i64
  %c65536 = arith.constant 65536 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %four_vectors = arith.muli %c4, %lanes : i64

  // The workgroup's rows, and those that are walked together. Both divide, so that
  // their number is known when code is generated.
  %rows:3 = "mlopt.per_loop"() ({
    %extent = "mlopt.loop"() {property = "extent"} : () -> i64
    %innermost = "mlopt.loop"() {property = "is_innermost"} : () -> i64
    %is_innermost = arith.cmpi eq, %innermost, %c1 : i64
    %dist_sizes = "mlopt.divisors"(%extent) {low = 1, high = 512} : (i64) -> !mlopt.values
    %dist_default = arith.select %is_innermost, %c64, %c1 : i64
    %dist = "mlopt.knob"(%dist_sizes, %dist_default) {name = "dist"} : (!mlopt.values, i64) -> i64
    %few = "mlopt.divisors"(%extent) {low = 1, high = 8} : (i64) -> !mlopt.values
    %most = arith.select %is_innermost, %c16, %c1 : i64
    %row_sizes = "mlopt.at_most"(%few, %most) : (!mlopt.values, i64) -> !mlopt.values
    %row = "mlopt.knob"(%row_sizes, %c1) {name = "rows"} : (!mlopt.values, i64) -> i64
    %rest = arith.remsi %dist, %row : i64
    %divides = arith.cmpi eq, %rest, %c0 : i64
    "mlopt.require"(%divides) {message = "rows walked together must divide the workgroup's"} : (i1) -> ()
    %two_rows = arith.select %is_innermost, %c2, %c1 : i64
    %four_rows = arith.select %is_innermost, %c4, %c1 : i64
    %some = arith.select %is_innermost, %c16, %c1 : i64
    "mlopt.advise"(%dist_default, %c1) {expert = "one row", knobs = ["dist", "rows"]} : (i64, i64) -> ()
    "mlopt.advise"(%dist_default, %two_rows) {expert = "two rows", knobs = ["dist", "rows"]} : (i64, i64) -> ()
    "mlopt.advise"(%dist_default, %four_rows) {expert = "four rows", knobs = ["dist", "rows"]} : (i64, i64) -> ()
    "mlopt.advise"(%some, %c1) {expert = "short tasks", knobs = ["dist", "rows"]} : (i64, i64) -> ()
    "mlopt.collect"(%dist, %row, %row) : (i64, i64, i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> (!mlopt.sizes, !mlopt.sizes, !mlopt.sizes)
  %together = "mlopt.product"(%rows#1) : (!mlopt.sizes) -> i64

  // Elements of a row at a time: a reduction has as many accumulators, and an elementwise
  // op keeps as many results.
  %factors = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  %widths = "mlopt.scaled"(%factors, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  %width = "mlopt.knob"(%widths, %four_vectors) {name = "width"} : (!mlopt.values, i64) -> i64
  %fused_extent = "mlopt.property"() {name = "workload.fused_extent"} : () -> i64
  %has_others = arith.cmpi sgt, %fused_extent, %c0 : i64
  %most_inner = arith.select %has_others, %c65536, %lanes : i64
  %inner_widths = "mlopt.at_most"(%widths, %most_inner) : (!mlopt.values, i64) -> !mlopt.values
  %inner = "mlopt.knob"(%inner_widths, %two_vectors) {name = "inner"} : (!mlopt.values, i64) -> i64
  "mlopt.advise"(%four_vectors, %four_vectors) {expert = "one row", knobs = ["width", "inner"]} : (i64, i64) -> ()
  "mlopt.advise"(%two_vectors, %two_vectors) {expert = "two rows", knobs = ["width", "inner"]} : (i64, i64) -> ()
  "mlopt.advise"(%lanes, %lanes) {expert = "four rows", knobs = ["width", "inner"]} : (i64, i64) -> ()
  "mlopt.advise"(%four_vectors, %two_vectors) {expert = "short tasks", knobs = ["width", "inner"]} : (i64, i64) -> ()
  %widest = arith.maxsi %width, %inner : i64
  %elements = arith.muli %widest, %together : i64
  %limit = arith.muli %c16, %lanes : i64
  %fits = arith.cmpi sle, %elements, %limit : i64
  "mlopt.require"(%fits) {message = "what is computed at a time must fit the registers"} : (i1) -> ()
  %waiting = arith.muli %row_bytes, %together : i64
  %fits_stack = arith.cmpi sle, %waiting, %c65536 : i64
  "mlopt.require"(%fits_stack) {message = "rows that wait must fit the stack of a worker thread"} : (i1) -> ()

  // (1) Share the rows among workgroups, and take a few through all ops at a time.
  %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %whole = "mlopt.payload"() {ops = "rows"} : () -> !transform.any_op
  %shared:2 = "mlopt.parallelize"(%whole, %rows#0) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
  %each = "mlopt.payload"() {ops = "rows"} : () -> !transform.any_op
  %few:2 = "mlopt.fuse"(%each, %rows#1) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (2) Vectors along the row.
  %reductions = "mlopt.payload"() {ops = "reductions"} : () -> !transform.any_op
  "mlopt.tile_row"(%reductions, %width) : (!transform.any_op, i64) -> ()
  %others = "mlopt.payload"() {ops = "elementwise"} : () -> !transform.any_op
  "mlopt.tile_row"(%others, %inner) : (!transform.any_op, i64) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_cpu_tail"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "scripted.rows", kind = "reduction", target = "llvm-cpu",
    version = "1"} : () -> ()
