// Rows times a vector on the CPU, the sum along the row: a matrix times a vector, scores
// of one query. Scripted: a few rows at a time, each with a vector of accumulators that
// are summed once, at the row's end. Every element of the matrix is used once, so that
// reading it is all there is to gain: several rows are several streams to prefetch.
//
//   y[n] += A[n, k] * x[k], then an epilogue over y
//   ->
//   forall (dist):                       workgroups
//     for n step rows:                   streams
//       for k step width:                a vector of partial sums for each row
//     sum the partial sums, epilogue
"mlopt.space"() ({
  // Only kernels that work row by row have such a size.
  %row_bytes = "mlopt.property"() {name = "workload.row_bytes"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c16 = arith.constant 16 : i64
  %c256 = arith.constant 256 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %four_vectors = arith.muli %c4, %lanes : i64
  %nothing_waits = arith.cmpi eq, %row_bytes, %c0 : i64
  "mlopt.match"(%nothing_waits) {message = "one sum along the row, and nothing else"} : (i1) -> ()

  // The workgroup's rows, and those that are walked together. Both divide, so that
  // their number is known when code is generated.
  %rows:3 = "mlopt.per_loop"() ({
    %extent = "mlopt.loop"() {property = "extent"} : () -> i64
    %innermost = "mlopt.loop"() {property = "is_innermost"} : () -> i64
    %is_innermost = arith.cmpi eq, %innermost, %c1 : i64
    %dist_sizes = "mlopt.divisors"(%extent) {low = 1, high = 1024} : (i64) -> !mlopt.values
    %dist_default = arith.select %is_innermost, %c256, %c1 : i64
    %dist = "mlopt.knob"(%dist_sizes, %dist_default) {name = "dist"} : (!mlopt.values, i64) -> i64
    %few = "mlopt.divisors"(%extent) {low = 1, high = 8} : (i64) -> !mlopt.values
    %most = arith.select %is_innermost, %c16, %c1 : i64
    %row_sizes = "mlopt.at_most"(%few, %most) : (!mlopt.values, i64) -> !mlopt.values
    %row = "mlopt.knob"(%row_sizes, %c1) {name = "rows"} : (!mlopt.values, i64) -> i64
    %rest = arith.remsi %dist, %row : i64
    %divides = arith.cmpi eq, %rest, %c0 : i64
    "mlopt.require"(%divides) {message = "rows walked together must divide the workgroup's"} : (i1) -> ()
    %four_rows = arith.select %is_innermost, %c4, %c1 : i64
    %two_rows = arith.select %is_innermost, %c2, %c1 : i64
    %some = arith.select %is_innermost, %c16, %c1 : i64
    "mlopt.advise"(%dist_default, %four_rows) {expert = "four rows", knobs = ["dist", "rows"]} : (i64, i64) -> ()
    "mlopt.advise"(%dist_default, %c1) {expert = "one row", knobs = ["dist", "rows"]} : (i64, i64) -> ()
    "mlopt.advise"(%some, %two_rows) {expert = "short tasks", knobs = ["dist", "rows"]} : (i64, i64) -> ()
    "mlopt.collect"(%dist, %row, %row) : (i64, i64, i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> (!mlopt.sizes, !mlopt.sizes, !mlopt.sizes)
  %together = "mlopt.product"(%rows#1) : (!mlopt.sizes) -> i64

  // Elements of a row at a time, which is how many partial sums it has.
  %factors = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  %widths = "mlopt.scaled"(%factors, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  %width = "mlopt.knob"(%widths, %two_vectors) {name = "width"} : (!mlopt.values, i64) -> i64
  "mlopt.advise"(%lanes) {expert = "four rows", knobs = ["width"]} : (i64) -> ()
  "mlopt.advise"(%four_vectors) {expert = "one row", knobs = ["width"]} : (i64) -> ()
  "mlopt.advise"(%lanes) {expert = "short tasks", knobs = ["width"]} : (i64) -> ()
  %elements = arith.muli %width, %together : i64
  %limit = arith.muli %c16, %lanes : i64
  %fits = arith.cmpi sle, %elements, %limit : i64
  "mlopt.require"(%fits) {message = "the partial sums must fit the registers"} : (i1) -> ()

  // (1) Share the rows among workgroups, and take a few at a time.
  %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %whole = "mlopt.payload"() {ops = "rows"} : () -> !transform.any_op
  %shared:2 = "mlopt.parallelize"(%whole, %rows#0) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
  %each = "mlopt.payload"() {ops = "rows"} : () -> !transform.any_op
  %few:2 = "mlopt.fuse"(%each, %rows#1) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()

  // (2) Vectors along the row.
  %products = "mlopt.payload"() {ops = "reductions"} : () -> !transform.any_op
  "mlopt.tile_row"(%products, %width) : (!transform.any_op, i64) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"} : (!transform.any_op) -> ()
  "mlopt.include"(%function) {sequence = "mlopt_cpu_tail"} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "scripted.row_products", kind = "contraction", target = "llvm-cpu",
    version = "1"} : () -> ()
