// Matrix times vector on the CPU, either way round: one parallel loop, one reduction.
// Every element of the matrix is used once, so that reading it is all there is to gain,
// and long contiguous pieces are read fastest. Tile sizes on IREE's own levels, executed
// by its double-tiling pipeline.
//
//   y[n] += x[k] * A[k, n], then an epilogue over y
//   ->
//   forall (dist):                        workgroups
//     for k step block:                   a few rows of A, each `dist` long
//       for n step vec, for k step vec_k: registers
//
// Without a block, y stays in registers over all of k, and A is read in pieces as narrow
// as they are.
"mlopt.space"() ({
  %num_loops = "mlopt.property"() {name = "workload.num_loops"} : () -> i64
  %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c4 = arith.constant 4 : i64
  %c8 = arith.constant 8 : i64
  %c16 = arith.constant 16 : i64
  %c64 = arith.constant 64 : i64
  %c512 = arith.constant 512 : i64
  %c2048 = arith.constant 2048 : i64
  %c4096 = arith.constant 4096 : i64
  %wide = arith.muli %c8, %lanes : i64
  %two_vectors = arith.muli %c2, %lanes : i64

  %is_two = arith.cmpi eq, %num_loops, %c2 : i64
  "mlopt.match"(%is_two) {message = "one result and one sum, no more loops"} : (i1) -> ()

  // The result: the workgroup's part of it, and the vector's. Sizes need not divide.
  %parallel:3 = "mlopt.per_loop"() ({
    %extent = "mlopt.loop"() {property = "extent"} : () -> i64
    %dist_low = arith.minsi %extent, %lanes : i64
    %dist_sizes = "mlopt.tiles"(%extent, %dist_low, %c4096) : (i64, i64, i64) -> !mlopt.values
    %dist = "mlopt.knob"(%dist_sizes, %c512) {name = "dist"} : (!mlopt.values, i64) -> i64
    %vec_sizes = "mlopt.tiles"(%extent, %c1, %wide) : (i64, i64, i64) -> !mlopt.values
    %vec = "mlopt.knob"(%vec_sizes, %lanes) {name = "vec"} : (!mlopt.values, i64) -> i64
    %fits = arith.cmpi sle, %vec, %dist : i64
    "mlopt.require"(%fits) {message = "a register tile must fit its workgroup tile"} : (i1) -> ()
    "mlopt.advise"(%c2048, %wide) {expert = "long pieces of eight rows", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    "mlopt.advise"(%c2048, %two_vectors) {expert = "long pieces of four rows", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    "mlopt.advise"(%c2048, %c16) {expert = "sixteen results", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    "mlopt.advise"(%c512, %wide) {expert = "eight vectors", knobs = ["dist", "vec"]} : (i64, i64) -> ()
    "mlopt.collect"(%dist, %vec, %c0) : (i64, i64, i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> (!mlopt.sizes, !mlopt.sizes, !mlopt.sizes)

  // The sum: how many terms at once, and in blocks of how many; 0 is no block.
  %reduction:3 = "mlopt.per_loop"() ({
    %extent = "mlopt.loop"() {property = "extent"} : () -> i64
    %vec_sizes = "mlopt.tiles"(%extent, %c1, %c64) : (i64, i64, i64) -> !mlopt.values
    %vec = "mlopt.knob"(%vec_sizes, %c8) {name = "vec"} : (!mlopt.values, i64) -> i64
    %some = "mlopt.tiles"(%extent, %c2, %c64) : (i64, i64, i64) -> !mlopt.values
    %block_sizes = "mlopt.prepend"(%c0, %some) : (i64, !mlopt.values) -> !mlopt.values
    %block = "mlopt.knob"(%block_sizes, %c0) {name = "block"} : (!mlopt.values, i64) -> i64
    %no_block = arith.cmpi eq, %block, %c0 : i64
    %in_block = arith.cmpi sle, %vec, %block : i64
    %nests = arith.ori %no_block, %in_block : i1
    "mlopt.require"(%nests) {message = "a block must hold what is summed at once"} : (i1) -> ()
    %is_blocked = arith.cmpi ne, %block, %c0 : i64
    %blocked = arith.extui %is_blocked : i1 to i64
    "mlopt.advise"(%c8, %c8) {expert = "long pieces of eight rows", knobs = ["vec", "block"]} : (i64, i64) -> ()
    "mlopt.advise"(%c4, %c4) {expert = "long pieces of four rows", knobs = ["vec", "block"]} : (i64, i64) -> ()
    "mlopt.advise"(%c16, %c0) {expert = "sixteen results", knobs = ["vec", "block"]} : (i64, i64) -> ()
    "mlopt.advise"(%c2, %c0) {expert = "eight vectors", knobs = ["vec", "block"]} : (i64, i64) -> ()
    "mlopt.collect"(%vec, %block, %blocked) : (i64, i64, i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "reduction"} : () -> (!mlopt.sizes, !mlopt.sizes, !mlopt.sizes)

  %no_or_yes = "mlopt.list"() {values = [false, true]} : () -> !mlopt.values
  %peel = "mlopt.knob"(%no_or_yes, %c0) {name = "peel"} : (!mlopt.values, i64) -> i64

  // IREE refuses vectors of 512 native registers or more; above 64 register-sized pieces
  // the unrolled code only spills, and compiles for seconds.
  %vec = "mlopt.join"(%parallel#1, %reduction#0) : (!mlopt.sizes, !mlopt.sizes) -> !mlopt.sizes
  %unrolled = "mlopt.product"(%vec) : (!mlopt.sizes) -> i64
  %limit = arith.muli %c64, %lanes : i64
  %small = arith.cmpi sle, %unrolled, %limit : i64
  "mlopt.require"(%small) {message = "the unrolled tile must stay small"} : (i1) -> ()

  // IREE's own pipeline tiles by these sizes.
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  "mlopt.configure"(%root, %parallel#0) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %parallel#2) {level = "cache_parallel"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %reduction#1) {level = "cache_reduction"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %parallel#1) {level = "vector_common_parallel"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure"(%root, %reduction#0) {level = "vector_reduction"} : (!transform.any_op, !mlopt.sizes) -> ()
  %blocks = "mlopt.product"(%reduction#2) : (!mlopt.sizes) -> i64
  %is_cached = arith.cmpi eq, %blocks, %c1 : i64
  "mlopt.configure_fused"(%parallel#1, %lanes, %is_cached) : (!mlopt.sizes, i64, i1) -> ()
  %is_peeled = arith.cmpi eq, %peel, %c1 : i64
  "mlopt.pipeline"(%root, %is_peeled) {name = "DoubleTilingExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "configured.matrix_vector", kind = "contraction", target = "llvm-cpu",
    version = "1"} : () -> ()
