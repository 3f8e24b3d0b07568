// Reductions on the CPU: tile sizes on IREE's own levels, executed by its double-tiling
// pipeline. They are bound by memory: long contiguous rows, a few rows at a time.
"mlopt.space"() ({
  %keeps = "mlopt.property"() {name = "workload.keeps_its_loops"} : () -> i64
  %kept = arith.constant 1 : i64
  %is_kept = arith.cmpi eq, %keeps, %kept : i64
  "mlopt.match"(%is_kept) {message = "ops that code generation takes as they are"} : (i1) -> ()
  %chain = "mlopt.property"() {name = "workload.is_chain"} : () -> i64
  %is_chain = arith.cmpi eq, %chain, %kept : i64
  %true = arith.constant true
  %is_reached = arith.xori %is_chain, %true : i1
  "mlopt.match"(%is_reached) {message = "sizes of the root that reach every op"} : (i1) -> ()
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c8 = arith.constant 8 : i64
  %c16 = arith.constant 16 : i64
  %c32 = arith.constant 32 : i64
  %c64 = arith.constant 64 : i64
  %c512 = arith.constant 512 : i64
  %wide = arith.muli %c8, %lanes : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %two_vectors = arith.muli %c2, %lanes : i64
  %four_vectors = arith.muli %c4, %lanes : i64

  // Parallel loops: the workgroup's tile and the vector's. Sizes need not divide.
  %parallel:2 = "mlopt.per_loop"() ({
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
    %two_vectors_dist = arith.select %is_innermost, %c512, %c8 : i64
    %two_vectors_vec = arith.select %is_innermost, %two_vectors, %c1 : i64
    "mlopt.advise"(%two_vectors_dist, %two_vectors_vec) {expert = "two vectors", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    %four_vectors_dist = arith.select %is_innermost, %c512, %c8 : i64
    %four_vectors_vec = arith.select %is_innermost, %four_vectors, %c1 : i64
    "mlopt.advise"(%four_vectors_dist, %four_vectors_vec) {expert = "four vectors", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    %four_rows_dist = arith.select %is_innermost, %c512, %c32 : i64
    %four_rows_vec = arith.select %is_innermost, %lanes, %c4 : i64
    "mlopt.advise"(%four_rows_dist, %four_rows_vec) {expert = "four rows", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    %eight_rows_dist = arith.select %is_innermost, %c512, %c64 : i64
    %eight_rows_vec = arith.select %is_innermost, %lanes, %c8 : i64
    "mlopt.advise"(%eight_rows_dist, %eight_rows_vec) {expert = "eight rows", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    // A largest element's place cannot be found in several accumulators: a vector across
    // rows, one step of each at a time.
    %across = arith.select %is_innermost, %lanes, %c1 : i64
    "mlopt.advise"(%dist_default, %across) {expert = "across rows", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    "mlopt.collect"(%dist, %vec) : (i64, i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> (!mlopt.sizes, !mlopt.sizes)

  %reduction = "mlopt.per_loop"() ({
    %extent = "mlopt.loop"() {property = "extent"} : () -> i64
    %vec_sizes = "mlopt.tiles"(%extent, %c1, %wide) : (i64, i64, i64) -> !mlopt.values
    %vec = "mlopt.knob"(%vec_sizes, %lanes) {name = "vec"} : (!mlopt.values, i64) -> i64
    "mlopt.advise"(%two_vectors) {expert = "two vectors", knobs = ["vec"]} : (i64) -> ()
    "mlopt.advise"(%four_vectors) {expert = "four vectors", knobs = ["vec"]} : (i64) -> ()
    "mlopt.advise"(%lanes) {expert = "four rows", knobs = ["vec"]} : (i64) -> ()
    "mlopt.advise"(%lanes) {expert = "eight rows", knobs = ["vec"]} : (i64) -> ()
    "mlopt.advise"(%c1) {expert = "across rows", knobs = ["vec"]} : (i64) -> ()
    "mlopt.collect"(%vec) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "reduction"} : () -> !mlopt.sizes

  // Peeling instead of masks, and how wide fused ops walk a loop that the root does not
  // have: a row's sum has no loop for the division of that row that follows it.
  %no_or_yes = "mlopt.list"() {values = [false, true]} : () -> !mlopt.values
  %peel = "mlopt.knob"(%no_or_yes, %c0) {name = "peel"} : (!mlopt.values, i64) -> i64
  %fused_extent = "mlopt.property"() {name = "workload.fused_extent"} : () -> i64
  %fused_some = arith.maxsi %fused_extent, %c1 : i64
  %inner_sizes = "mlopt.tiles"(%fused_some, %c1, %wide) : (i64, i64, i64) -> !mlopt.values
  %inner = "mlopt.knob"(%inner_sizes, %lanes) {name = "inner"} : (!mlopt.values, i64) -> i64

  // IREE refuses vectors of 512 native registers or more; above 64 register-sized pieces
  // the unrolled code only spills, and compiles for seconds.
  %vec = "mlopt.join"(%parallel#1, %reduction) : (!mlopt.sizes, !mlopt.sizes) -> !mlopt.sizes
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
  "mlopt.configure"(%root, %parallel#1) {level = "vector_common_parallel"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %reduction) {level = "vector_reduction"} : (!transform.any_op, !mlopt.sizes) -> ()
  %is_cached = arith.constant false
  "mlopt.configure_fused"(%parallel#1, %inner, %is_cached) : (!mlopt.sizes, i64, i1) -> ()
  %is_peeled = arith.cmpi eq, %peel, %c1 : i64
  "mlopt.pipeline"(%root, %is_peeled) {name = "DoubleTilingExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "configured.reduction", kind = "reduction", target = "llvm-cpu",
    version = "2"} : () -> ()
