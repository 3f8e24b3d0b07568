// The mlopt dialect: schedules whose choices are still open, as IR.
//
// This file is the one definition. `make dialect` derives from it what Python knows
// (mlopt/dialect/definition.py) and the reference page (dialects/mlopt.md); a stock
// `iree-opt --irdl-file=dialects/mlopt.irdl.mlir` verifies by it directly. The comment
// above an operation is its documentation. Every attribute is mandatory: IRDL has no
// optional ones. Arithmetic is the arith dialect's, on i64 and i1. Regions end in
// `transform.yield`, because an operation defined by IRDL cannot be a terminator. Mind
// that one constraint used twice in an operation demands the same value twice.
irdl.dialect @mlopt {

  // Values that a knob may take, in the order in which they are offered.
  irdl.type @values

  // A parametric schedule for one kind of workload and a target: first the shapes and
  // properties it depends on, then knobs, requirements and steps. `template` names what
  // lowers its decisions; records are keyed by `version`, which is raised whenever a
  // knob changes its meaning.
  //
  // ```mlir
  // "mlopt.space"() ({
  //   "transform.yield"() : () -> ()
  // }) {sym_name = "small", kind = "contraction", target = "llvm-cpu",
  //     template = "configured.double_tiling", version = "1"} : () -> ()
  // ```
  irdl.operation @space {
    %name = irdl.base "#builtin.string"
    %contraction = irdl.is "contraction"
    %convolution = irdl.is "convolution"
    %reduction = irdl.is "reduction"
    %elementwise = irdl.is "elementwise"
    %any = irdl.is "any"
    %kind = irdl.any_of(%contraction, %convolution, %reduction, %elementwise, %any)
    %target = irdl.base "#builtin.string"
    %template = irdl.base "#builtin.string"
    %version = irdl.base "#builtin.string"
    irdl.attributes {
      "sym_name" = %name,
      "kind" = %kind,
      "target" = %target,
      "template" = %template,
      "version" = %version
    }
    %body = irdl.region with size 1
    irdl.regions(body: %body)
  }

  // The extent of a loop of the workload's root, by its role in a contraction: "m", "n",
  // "k", or "batch" (1 where there is none).
  //
  // ```mlir
  // %m = "mlopt.extent"() {loop = "m"} : () -> i64
  // ```
  irdl.operation @extent {
    %m = irdl.is "m"
    %n = irdl.is "n"
    %k = irdl.is "k"
    %batch = irdl.is "batch"
    %loop = irdl.any_of(%m, %n, %k, %batch)
    irdl.attributes { "loop" = %loop }
    %i64 = irdl.is i64
    irdl.results(extent: %i64)
  }

  // A number that the target or the workload has, by name: "target.vector_lanes" (of the
  // root's element type), "target.num_cores", "target.l1d_bytes", "target.l2_bytes",
  // "workload.has_epilogue" (0 or 1), "workload.item_bytes".
  //
  // ```mlir
  // %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  // ```
  irdl.operation @property {
    %lanes = irdl.is "target.vector_lanes"
    %cores = irdl.is "target.num_cores"
    %l1d = irdl.is "target.l1d_bytes"
    %l2 = irdl.is "target.l2_bytes"
    %epilogue = irdl.is "workload.has_epilogue"
    %item = irdl.is "workload.item_bytes"
    %name = irdl.any_of(%lanes, %cores, %l1d, %l2, %epilogue, %item)
    irdl.attributes { "name" = %name }
    %i64 = irdl.is i64
    irdl.results(value: %i64)
  }

  // The workload must be so for the space to be offered at all; `message` says how.
  //
  // ```mlir
  // %fits = arith.constant true
  // "mlopt.match"(%fits) {message = "two rows at least"} : (i1) -> ()
  // ```
  irdl.operation @match {
    %condition = irdl.is i1
    irdl.operands(condition: %condition)
    %message = irdl.base "#builtin.string"
    irdl.attributes { "message" = %message }
  }

  // Listed values: integers, or true and false. Choices among words are
  // `mlopt.alternatives`.
  //
  // ```mlir
  // %heights = "mlopt.list"() {values = [2, 4, 6]} : () -> !mlopt.values
  // ```
  irdl.operation @list {
    %list = irdl.base "#builtin.array"
    irdl.attributes { "values" = %list }
    %values = irdl.base @mlopt::@values
    irdl.results(values: %values)
  }

  // The divisors of an extent between two bounds, ascending; the extent where there is
  // none.
  //
  // ```mlir
  // %n = "mlopt.extent"() {loop = "n"} : () -> i64
  // %widths = "mlopt.divisors"(%n) {low = 16, high = 512} : (i64) -> !mlopt.values
  // ```
  irdl.operation @divisors {
    %i64 = irdl.is i64
    irdl.operands(extent: %i64)
    %low = irdl.base "#builtin.integer"
    %high = irdl.base "#builtin.integer"
    irdl.attributes { "low" = %low, "high" = %high }
    %values = irdl.base @mlopt::@values
    irdl.results(values: %values)
  }

  // Those of the values that are multiples of a number; all of them where none is.
  //
  // ```mlir
  // %n = "mlopt.extent"() {loop = "n"} : () -> i64
  // %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  // %all = "mlopt.divisors"(%n) {low = 1, high = 512} : (i64) -> !mlopt.values
  // %some = "mlopt.multiples"(%all, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  // ```
  irdl.operation @multiples {
    %values = irdl.base @mlopt::@values
    %i64 = irdl.is i64
    irdl.operands(values: %values, of: %i64)
    irdl.results(result: %values)
  }

  // Those of the values that divide a number; all of them where none does.
  //
  // ```mlir
  // %n = "mlopt.extent"() {loop = "n"} : () -> i64
  // %all = "mlopt.list"() {values = [8, 16, 32]} : () -> !mlopt.values
  // %some = "mlopt.dividing"(%all, %n) : (!mlopt.values, i64) -> !mlopt.values
  // ```
  irdl.operation @dividing {
    %values = irdl.base @mlopt::@values
    %i64 = irdl.is i64
    irdl.operands(values: %values, number: %i64)
    irdl.results(result: %values)
  }

  // Those of the values that a bound allows; the bound itself where none is small enough.
  //
  // ```mlir
  // %m = "mlopt.extent"() {loop = "m"} : () -> i64
  // %all = "mlopt.list"() {values = [2, 4, 6]} : () -> !mlopt.values
  // %some = "mlopt.at_most"(%all, %m) : (!mlopt.values, i64) -> !mlopt.values
  // ```
  irdl.operation @at_most {
    %values = irdl.base @mlopt::@values
    %i64 = irdl.is i64
    irdl.operands(values: %values, bound: %i64)
    irdl.results(result: %values)
  }

  // Each of the values times a number.
  //
  // ```mlir
  // %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  // %one = "mlopt.list"() {values = [1, 2, 4]} : () -> !mlopt.values
  // %widths = "mlopt.scaled"(%one, %lanes) : (!mlopt.values, i64) -> !mlopt.values
  // ```
  irdl.operation @scaled {
    %values = irdl.base @mlopt::@values
    %i64 = irdl.is i64
    irdl.operands(values: %values, by: %i64)
    irdl.results(result: %values)
  }

  // A named choice among values; its result is the decision. Where nothing is decided it
  // is the default, or the value on offer that is nearest to it.
  //
  // ```mlir
  // %offered = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  // %four = arith.constant 4 : i64
  // %unroll = "mlopt.knob"(%offered, %four) {name = "unroll_k"}
  //   : (!mlopt.values, i64) -> i64
  // ```
  irdl.operation @knob {
    %values = irdl.base @mlopt::@values
    %i64 = irdl.is i64
    irdl.operands(values: %values, default: %i64)
    %name = irdl.base "#builtin.string"
    irdl.attributes { "name" = %name }
    irdl.results(decision: %i64)
  }

  // A named choice among ways to go on: of the `mlopt.alternative` operations in the
  // region, one is taken. `default` is one of their labels; the result is the number of
  // the one taken, from 0.
  //
  // ```mlir
  // %copy = "mlopt.alternatives"() ({
  //   "mlopt.alternative"() ({
  //     "transform.yield"() : () -> ()
  //   }) {label = "none"} : () -> ()
  //   "mlopt.alternative"() ({
  //     "transform.yield"() : () -> ()
  //   }) {label = "panel"} : () -> ()
  //   "transform.yield"() : () -> ()
  // }) {name = "copy_rhs", default = "panel"} : () -> i64
  // ```
  irdl.operation @alternatives {
    %name = irdl.base "#builtin.string"
    %default = irdl.base "#builtin.string"
    irdl.attributes { "name" = %name, "default" = %default }
    %i64 = irdl.is i64
    irdl.results(taken: %i64)
    %choices = irdl.region with size 1
    irdl.regions(choices: %choices)
  }

  // One of the ways of an `mlopt.alternatives`: what is done when it is taken. Knobs in
  // here are decided in any case, and only matter then.
  //
  // ```mlir
  // "mlopt.alternatives"() ({
  //   "mlopt.alternative"() ({
  //     "transform.yield"() : () -> ()
  //   }) {label = "nothing"} : () -> ()
  //   "transform.yield"() : () -> ()
  // }) {name = "copy_rhs", default = "nothing"} : () -> i64
  // ```
  irdl.operation @alternative {
    %label = irdl.base "#builtin.string"
    irdl.attributes { "label" = %label }
    %body = irdl.region with size 1
    irdl.regions(body: %body)
  }

  // Decisions for which the condition does not hold are illegal; `message` says why. The
  // condition is arith over extents, properties and decisions.
  //
  // ```mlir
  // %n = "mlopt.extent"() {loop = "n"} : () -> i64
  // %limit = arith.constant 512 : i64
  // %small = arith.cmpi sle, %n, %limit : i64
  // "mlopt.require"(%small) {message = "rows must fit a page"} : (i1) -> ()
  // ```
  irdl.operation @require {
    %condition = irdl.is i1
    irdl.operands(condition: %condition)
    %message = irdl.base "#builtin.string"
    irdl.attributes { "message" = %message }
  }

  // A step: tile a structured op by loops, outermost first; 0 leaves a loop alone. There
  // are as many sizes as loops. The results are the op inside, and the outermost loop.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // %size = arith.constant 16 : i64
  // %tiled:2 = "mlopt.tile"(%op, %size, %size)
  //   : (!transform.any_op, i64, i64) -> (!transform.any_op, !transform.any_op)
  // ```
  irdl.operation @tile {
    %target = irdl.is !transform.any_op
    %size = irdl.is i64
    irdl.operands(target: %target, sizes: variadic %size)
    %tiled = irdl.is !transform.any_op
    %loop = irdl.is !transform.any_op
    irdl.results(tiled: %tiled, loop: %loop)
  }

  // A step: as `mlopt.tile`, and what the op reads is computed inside the loops too.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // %size = arith.constant 16 : i64
  // %fused:2 = "mlopt.fuse"(%op, %size, %size)
  //   : (!transform.any_op, i64, i64) -> (!transform.any_op, !transform.any_op)
  // ```
  irdl.operation @fuse {
    %target = irdl.is !transform.any_op
    %size = irdl.is i64
    irdl.operands(target: %target, sizes: variadic %size)
    %tiled = irdl.is !transform.any_op
    %loop = irdl.is !transform.any_op
    irdl.results(tiled: %tiled, loop: %loop)
  }

  // A step: as `mlopt.fuse`, with one parallel loop that workgroups share.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // %size = arith.constant 64 : i64
  // %distributed:2 = "mlopt.parallelize"(%op, %size, %size)
  //   : (!transform.any_op, i64, i64) -> (!transform.any_op, !transform.any_op)
  // ```
  irdl.operation @parallelize {
    %target = irdl.is !transform.any_op
    %size = irdl.is i64
    irdl.operands(target: %target, sizes: variadic %size)
    %tiled = irdl.is !transform.any_op
    %loop = irdl.is !transform.any_op
    irdl.results(tiled: %tiled, loop: %loop)
  }

  // An op of the workload, by its position among the structured ops of its function.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // ```
  irdl.operation @payload {
    %position = irdl.base "#builtin.integer"
    irdl.attributes { "position" = %position }
    %op = irdl.is !transform.any_op
    irdl.results(op: %op)
  }

  // A step: reorder the loops of a structured op; loop i becomes the old loop
  // `permutation[i]`.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // %new = "mlopt.interchange"(%op) {permutation = array<i64: 1, 0, 2>}
  //   : (!transform.any_op) -> !transform.any_op
  // ```
  irdl.operation @interchange {
    %target = irdl.is !transform.any_op
    irdl.operands(target: %target)
    %permutation = irdl.base "#builtin.dense_array"
    irdl.attributes { "permutation" = %permutation }
    %result = irdl.is !transform.any_op
    irdl.results(result: %result)
  }

  // A step: copy one operand of a structured op into memory of its own, so that what
  // reads it walks contiguous lines. The result is the copy.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // %copy = "mlopt.pack"(%op) {operand = 1} : (!transform.any_op) -> !transform.any_op
  // ```
  irdl.operation @pack {
    %target = irdl.is !transform.any_op
    irdl.operands(target: %target)
    %operand = irdl.base "#builtin.integer"
    irdl.attributes { "operand" = %operand }
    %copy = irdl.is !transform.any_op
    irdl.results(copy: %copy)
  }

  // A step: pad the operands of a structured op so that every loop's extent is a
  // multiple of a number; as many numbers as loops, 0 leaves a loop alone.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  // %padded = "mlopt.pad"(%op, %lanes, %lanes)
  //   : (!transform.any_op, i64, i64) -> !transform.any_op
  // ```
  irdl.operation @pad {
    %target = irdl.is !transform.any_op
    %multiple = irdl.is i64
    irdl.operands(target: %target, multiples: variadic %multiple)
    %padded = irdl.is !transform.any_op
    irdl.results(padded: %padded)
  }

  // A step: unroll a loop by a factor.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // %one = arith.constant 1 : i64
  // %four = arith.constant 4 : i64
  // %tiled:2 = "mlopt.tile"(%op, %one)
  //   : (!transform.any_op, i64) -> (!transform.any_op, !transform.any_op)
  // "mlopt.unroll"(%tiled#1, %four) : (!transform.any_op, i64) -> ()
  // ```
  irdl.operation @unroll {
    %loop = irdl.is !transform.any_op
    %factor = irdl.is i64
    irdl.operands(loop: %loop, factor: %factor)
  }

  // A step: move what a loop repeats without change out of it, everywhere below an op.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // "mlopt.hoist"(%op) : (!transform.any_op) -> ()
  // ```
  irdl.operation @hoist {
    %scope = irdl.is !transform.any_op
    irdl.operands(scope: %scope)
  }

  // A step: turn tiled ops below an op into vector code; sizes that are no multiple of
  // the vector are masked.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // "mlopt.vectorize"(%op) : (!transform.any_op) -> ()
  // ```
  irdl.operation @vectorize {
    %scope = irdl.is !transform.any_op
    irdl.operands(scope: %scope)
  }

  // A step: leave the tiling to IREE's own pipeline, and give it the sizes of one of its
  // levels, outermost loop first.
  //
  // ```mlir
  // %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  // %size = arith.constant 64 : i64
  // "mlopt.configure"(%op, %size, %size) {level = "distribution"}
  //   : (!transform.any_op, i64, i64) -> ()
  // ```
  irdl.operation @configure {
    %target = irdl.is !transform.any_op
    %size = irdl.is i64
    irdl.operands(target: %target, sizes: variadic %size)
    %distribution = irdl.is "distribution"
    %cache = irdl.is "cache_parallel"
    %cache_reduction = irdl.is "cache_reduction"
    %vector = irdl.is "vector_common_parallel"
    %vector_reduction = irdl.is "vector_reduction"
    %inner = irdl.is "vector_inner_parallel"
    %level = irdl.any_of(
      %distribution, %cache, %cache_reduction, %vector, %vector_reduction, %inner
    )
    irdl.attributes { "level" = %level }
  }

  // A space with its decisions: what a search found for a workload, and where the number
  // came from. `decisions` maps knobs to values, `speedup` is over the compiler's own
  // choice, 1.0 where nothing was measured.
  //
  // ```mlir
  // "mlopt.schedule"() {space = @small, workload = "62c04627a02ce22c",
  //   decisions = {rows = 6, copy_rhs = "panel"}, speedup = 2.5 : f64,
  //   provenance = "measured on two cores"} : () -> ()
  // ```
  irdl.operation @schedule {
    %space = irdl.base "#builtin.symbol_ref"
    %workload = irdl.base "#builtin.string"
    %decisions = irdl.base "#builtin.dictionary"
    %speedup = irdl.base "#builtin.float"
    %provenance = irdl.base "#builtin.string"
    irdl.attributes {
      "space" = %space,
      "workload" = %workload,
      "decisions" = %decisions,
      "speedup" = %speedup,
      "provenance" = %provenance
    }
  }
}
