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

  // A number for each loop of the workload's root, outermost first; a loop may have none.
  irdl.type @sizes

  // A parametric schedule for one kind of workload and a target: the shapes and
  // properties it depends on, knobs, requirements, and the steps that a workload is taken
  // through. Records are keyed by `version`, which is raised whenever a knob changes its
  // meaning.
  //
  // ```mlir
  // "mlopt.space"() ({
  //   "transform.yield"() : () -> ()
  // }) {sym_name = "small", kind = "contraction", target = "llvm-cpu",
  //     version = "1"} : () -> ()
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
    %version = irdl.base "#builtin.string"
    irdl.attributes {
      "sym_name" = %name,
      "kind" = %kind,
      "target" = %target,
      "version" = %version
    }
    %body = irdl.region with size 1
    irdl.regions(body: %body)
  }

  // The extent of a loop of the workload's root, by its role. In a contraction: "m", "n",
  // "k", "batch" (1 where there is none). In a two-dimensional channels-last convolution:
  // "image", "height", "width" and "channels" of the result, "filter_height",
  // "filter_width", "in_channels" (1 where it is depthwise); one of one image and with a
  // filter of one pixel is a contraction, with "height", "width", "channels" and
  // "in_channels" alone. In the gradient of such a convolution's filter: "filter_height",
  // "filter_width", "in_channels" and "channels" of the filter, "image",
  // "gradient_height", "gradient_width" of what is summed. A space that asks for a loop
  // which the workload does not have is not offered.
  //
  // ```mlir
  // %m = "mlopt.extent"() {loop = "m"} : () -> i64
  // ```
  irdl.operation @extent {
    %m = irdl.is "m"
    %n = irdl.is "n"
    %k = irdl.is "k"
    %batch = irdl.is "batch"
    %image = irdl.is "image"
    %height = irdl.is "height"
    %width = irdl.is "width"
    %channels = irdl.is "channels"
    %filter_height = irdl.is "filter_height"
    %filter_width = irdl.is "filter_width"
    %in_channels = irdl.is "in_channels"
    %gradient_height = irdl.is "gradient_height"
    %gradient_width = irdl.is "gradient_width"
    %loop = irdl.any_of(
      %m, %n, %k, %batch, %image, %height, %width, %channels, %filter_height,
      %filter_width, %in_channels, %gradient_height, %gradient_width
    )
    irdl.attributes { "loop" = %loop }
    %i64 = irdl.is i64
    irdl.results(extent: %i64)
  }

  // A number that the target or the workload has, by name: "target.vector_lanes" (of the
  // root's element type), "target.num_cores", "target.l1d_bytes", "target.l2_bytes",
  // "workload.has_epilogue" (0 or 1), "workload.item_bytes", "workload.is_float32" (all
  // operands of the root are), "workload.num_loops" (of the root),
  // "workload.fused_extent" (of the longest innermost loop that ops fused with the root
  // have for themselves; 0 where they have none), "workload.has_unit_strides" (of a
  // convolution that walks its input pixel by pixel), "workload.keeps_its_loops" (code
  // generation sees the ops of the flow phase; a convolution of one image gets a loop
  // over images, and what a configuration says of its ops is lost),
  // "workload.has_own_store" (code generation stores the result by an op of its own,
  // from a buffer that holds a workgroup's tile), "workload.row_bytes" (of what waits on
  // the stack between the ops of a kernel that works row by row, for one row; other
  // kernels do not have it), "workload.is_chain" (such a kernel has ops along its rows
  // that neither feed the root nor follow it, and that its sizes do not reach),
  // "workload.has_panels" (of a contraction whose right-hand side lies in panels of
  // columns, as wide as loop n; the loop over them counts as a batch loop).
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
    %float32 = irdl.is "workload.is_float32"
    %loops = irdl.is "workload.num_loops"
    %fused = irdl.is "workload.fused_extent"
    %strides = irdl.is "workload.has_unit_strides"
    %keeps = irdl.is "workload.keeps_its_loops"
    %store = irdl.is "workload.has_own_store"
    %row = irdl.is "workload.row_bytes"
    %chain = irdl.is "workload.is_chain"
    %panels = irdl.is "workload.has_panels"
    %name = irdl.any_of(
      %lanes, %cores, %l1d, %l2, %epilogue, %item, %float32, %loops, %fused, %strides,
      %keeps, %store, %row, %chain, %panels
    )
    irdl.attributes { "name" = %name }
    %i64 = irdl.is i64
    irdl.results(value: %i64)
  }

  // What is in the region, for each loop of the root that is of the given kind; choices
  // in it have the loop's position after their names (`dist0`, `dist1`). The results are
  // what `mlopt.collect`, which stands last in the region, gathers from each loop.
  //
  // ```mlir
  // %vec = "mlopt.per_loop"() ({
  //   %extent = "mlopt.loop"() {property = "extent"} : () -> i64
  //   %one = arith.constant 1 : i64
  //   %some = "mlopt.divisors"(%extent) {low = 1, high = 16} : (i64) -> !mlopt.values
  //   %size = "mlopt.knob"(%some, %one) {name = "vec"} : (!mlopt.values, i64) -> i64
  //   "mlopt.collect"(%size) : (i64) -> ()
  //   "transform.yield"() : () -> ()
  // }) {iterators = "parallel"} : () -> !mlopt.sizes
  // ```
  irdl.operation @per_loop {
    %parallel = irdl.is "parallel"
    %reduction = irdl.is "reduction"
    %all = irdl.is "all"
    %iterators = irdl.any_of(%parallel, %reduction, %all)
    irdl.attributes { "iterators" = %iterators }
    %sizes = irdl.base @mlopt::@sizes
    irdl.results(sizes: variadic %sizes)
    %body = irdl.region with size 1
    irdl.regions(body: %body)
  }

  // The numbers of one loop; as many as the `mlopt.per_loop` around it has results.
  //
  // ```mlir
  // %extents = "mlopt.per_loop"() ({
  //   %extent = "mlopt.loop"() {property = "extent"} : () -> i64
  //   "mlopt.collect"(%extent) : (i64) -> ()
  //   "transform.yield"() : () -> ()
  // }) {iterators = "all"} : () -> !mlopt.sizes
  // ```
  irdl.operation @collect {
    %i64 = irdl.is i64
    irdl.operands(numbers: variadic %i64)
  }

  // What is so of the loop that an `mlopt.per_loop` is at: its "extent"; as 0 or 1,
  // whether it is the innermost loop over the result ("is_innermost"), and in a
  // contraction whether it is a "is_batch" loop, or the last one of "is_m", "is_n",
  // "is_k".
  //
  // ```mlir
  // %inner = "mlopt.per_loop"() ({
  //   %inner = "mlopt.loop"() {property = "is_innermost"} : () -> i64
  //   "mlopt.collect"(%inner) : (i64) -> ()
  //   "transform.yield"() : () -> ()
  // }) {iterators = "all"} : () -> !mlopt.sizes
  // ```
  irdl.operation @loop {
    %extent = irdl.is "extent"
    %innermost = irdl.is "is_innermost"
    %batch = irdl.is "is_batch"
    %m = irdl.is "is_m"
    %n = irdl.is "is_n"
    %k = irdl.is "is_k"
    %property = irdl.any_of(%extent, %innermost, %batch, %m, %n, %k)
    irdl.attributes { "property" = %property }
    %i64 = irdl.is i64
    irdl.results(value: %i64)
  }

  // Numbers for all loops of the root, one by one, outermost first.
  //
  // ```mlir
  // %one = arith.constant 1 : i64
  // %four = arith.constant 4 : i64
  // %sizes = "mlopt.by_loop"(%one, %four, %four) : (i64, i64, i64) -> !mlopt.sizes
  // ```
  irdl.operation @by_loop {
    %i64 = irdl.is i64
    irdl.operands(numbers: variadic %i64)
    %sizes = irdl.base @mlopt::@sizes
    irdl.results(sizes: %sizes)
  }

  // Numbers for the loops of a contraction, by their roles.
  //
  // ```mlir
  // %zero = arith.constant 0 : i64
  // %four = arith.constant 4 : i64
  // %tile = "mlopt.by_role"(%four, %four, %zero, %zero)
  //   : (i64, i64, i64, i64) -> !mlopt.sizes
  // ```
  irdl.operation @by_role {
    %i64 = irdl.is i64
    irdl.operands(m: %i64, n: %i64, k: %i64, batch: %i64)
    %sizes = irdl.base @mlopt::@sizes
    irdl.results(sizes: %sizes)
  }

  // Each loop's number in the first, or in the second where the first has none.
  //
  // ```mlir
  // %zero = arith.constant 0 : i64
  // %four = arith.constant 4 : i64
  // %tile = "mlopt.by_role"(%four, %four, %zero, %zero)
  //   : (i64, i64, i64, i64) -> !mlopt.sizes
  // %same = "mlopt.join"(%tile, %tile)
  //   : (!mlopt.sizes, !mlopt.sizes) -> !mlopt.sizes
  // ```
  irdl.operation @join {
    %sizes = irdl.base @mlopt::@sizes
    irdl.operands(first: %sizes, second: %sizes)
    irdl.results(sizes: %sizes)
  }

  // The product of what the loops have; 1 where no loop has a number.
  //
  // ```mlir
  // %one = arith.constant 1 : i64
  // %four = arith.constant 4 : i64
  // %sizes = "mlopt.by_loop"(%one, %four) : (i64, i64) -> !mlopt.sizes
  // %items = "mlopt.product"(%sizes) : (!mlopt.sizes) -> i64
  // ```
  irdl.operation @product {
    %sizes = irdl.base @mlopt::@sizes
    irdl.operands(sizes: %sizes)
    %i64 = irdl.is i64
    irdl.results(product: %i64)
  }

  // How many elements the largest vector has among the ops fused with the root, where
  // they go through the root's loops by its sizes and through loops of their own by
  // `inner`; 0 where no fused op has loops of its own.
  //
  // ```mlir
  // %four = arith.constant 4 : i64
  // %vec = "mlopt.by_loop"(%four, %four) : (i64, i64) -> !mlopt.sizes
  // %items = "mlopt.fused_vector"(%vec, %four) : (!mlopt.sizes, i64) -> i64
  // ```
  irdl.operation @fused_vector {
    %sizes = irdl.base @mlopt::@sizes
    %i64 = irdl.is i64
    irdl.operands(sizes: %sizes, inner: %i64)
    irdl.results(elements: %i64)
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

  // Sizes between two bounds that suit registers, cache lines and pages: powers of two
  // and three times such; the whole extent too where the upper bound allows it.
  //
  // ```mlir
  // %n = "mlopt.extent"() {loop = "n"} : () -> i64
  // %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  // %most = arith.constant 512 : i64
  // %sizes = "mlopt.tiles"(%n, %lanes, %most) : (i64, i64, i64) -> !mlopt.values
  // ```
  irdl.operation @tiles {
    %i64 = irdl.is i64
    irdl.operands(extent: %i64, low: %i64, high: %i64)
    %values = irdl.base @mlopt::@values
    irdl.results(values: %values)
  }

  // A number, and then the values.
  //
  // ```mlir
  // %none = arith.constant 0 : i64
  // %some = "mlopt.list"() {values = [8, 16]} : () -> !mlopt.values
  // %all = "mlopt.prepend"(%none, %some) : (i64, !mlopt.values) -> !mlopt.values
  // ```
  irdl.operation @prepend {
    %i64 = irdl.is i64
    %values = irdl.base @mlopt::@values
    irdl.operands(number: %i64, values: %values)
    irdl.results(result: %values)
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

  // One of the ways of an `mlopt.alternatives`: the steps taken when it is chosen. Knobs
  // in here are decided in any case, and only matter then; so do requirements.
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

  // What an expert would choose: values for the knobs that are named, in the order of the
  // operands; for `mlopt.alternatives` the number of the alternative. A knob takes the
  // value on offer that is nearest, and its default where the expert is silent. A search
  // tries each expert's choice first, in the order of the file; where it is illegal it is
  // left out.
  //
  // ```mlir
  // %offered = "mlopt.list"() {values = [1, 2, 4, 8]} : () -> !mlopt.values
  // %four = arith.constant 4 : i64
  // %eight = arith.constant 8 : i64
  // %unroll = "mlopt.knob"(%offered, %four) {name = "unroll_k"}
  //   : (!mlopt.values, i64) -> i64
  // "mlopt.advise"(%eight) {expert = "long loops", knobs = ["unroll_k"]} : (i64) -> ()
  // ```
  irdl.operation @advise {
    %i64 = irdl.is i64
    irdl.operands(values: variadic %i64)
    %expert = irdl.base "#builtin.string"
    %knobs = irdl.base "#builtin.array"
    irdl.attributes { "expert" = %expert, "knobs" = %knobs }
  }

  // Steps that are taken where the condition holds.
  //
  // ```mlir
  // %yes = arith.constant true
  // "mlopt.when"(%yes) ({
  //   "transform.yield"() : () -> ()
  // }) : (i1) -> ()
  // ```
  irdl.operation @when {
    %condition = irdl.is i1
    irdl.operands(condition: %condition)
    %body = irdl.region with size 1
    irdl.regions(body: %body)
  }

  // Ops of the workload as they are at this point of the schedule: its "root", the
  // "last" op (which is the root where it has no epilogue), the "store" of the result
  // (the last op, but where code generation stores by an op of its own), the "producers"
  // that are fused with the root, the "epilogue" that consumes it, copies that `mlopt.pack` made
  // ("lhs_copy", "rhs_copy"), or the whole "function". In a kernel that works row by row,
  // "rows" is the last op, tiled by rows alone, "reductions" are the ops that reduce a
  // row, and "elementwise" are those that compute one. A step on several ops is a step on
  // each.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // ```
  irdl.operation @payload {
    %root = irdl.is "root"
    %last = irdl.is "last"
    %store = irdl.is "store"
    %producers = irdl.is "producers"
    %epilogue = irdl.is "epilogue"
    %lhs_copy = irdl.is "lhs_copy"
    %rhs_copy = irdl.is "rhs_copy"
    %function = irdl.is "function"
    %rows = irdl.is "rows"
    %reductions = irdl.is "reductions"
    %elementwise = irdl.is "elementwise"
    %ops = irdl.any_of(
      %root, %last, %store, %producers, %epilogue, %lhs_copy, %rhs_copy, %function,
      %rows, %reductions, %elementwise
    )
    irdl.attributes { "ops" = %ops }
    %op = irdl.is !transform.any_op
    irdl.results(op: %op)
  }

  // A step: tile structured ops by sizes that are given for the root's loops; another op
  // takes those of the loops that walk with its own, and 1 where it walks alone. 0 leaves
  // a loop alone. `exchange` names two roles, ["m", "n"], whose loops change places, or
  // nothing. The results are the op inside, and the innermost loop.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %size = arith.constant 16 : i64
  // %tile = "mlopt.by_loop"(%size, %size) : (i64, i64) -> !mlopt.sizes
  // %tiled:2 = "mlopt.tile"(%op, %tile) {exchange = []}
  //   : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  // ```
  irdl.operation @tile {
    %target = irdl.is !transform.any_op
    %sizes = irdl.base @mlopt::@sizes
    irdl.operands(target: %target, sizes: %sizes)
    %exchange = irdl.base "#builtin.array"
    irdl.attributes { "exchange" = %exchange }
    %tiled = irdl.is !transform.any_op
    %loop = irdl.is !transform.any_op
    irdl.results(tiled: %tiled, loop: %loop)
  }

  // A step: as `mlopt.tile`, and what the op reads is computed inside the loops too.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %size = arith.constant 16 : i64
  // %tile = "mlopt.by_loop"(%size, %size) : (i64, i64) -> !mlopt.sizes
  // %tiled:2 = "mlopt.fuse"(%op, %tile) {exchange = []}
  //   : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  // ```
  irdl.operation @fuse {
    %target = irdl.is !transform.any_op
    %sizes = irdl.base @mlopt::@sizes
    irdl.operands(target: %target, sizes: %sizes)
    %exchange = irdl.base "#builtin.array"
    irdl.attributes { "exchange" = %exchange }
    %tiled = irdl.is !transform.any_op
    %loop = irdl.is !transform.any_op
    irdl.results(tiled: %tiled, loop: %loop)
  }

  // A step: as `mlopt.fuse`, with one parallel loop that workgroups share.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %size = arith.constant 16 : i64
  // %tile = "mlopt.by_loop"(%size, %size) : (i64, i64) -> !mlopt.sizes
  // %tiled:2 = "mlopt.parallelize"(%op, %tile)
  //   : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  // ```
  irdl.operation @parallelize {
    %target = irdl.is !transform.any_op
    %sizes = irdl.base @mlopt::@sizes
    irdl.operands(target: %target, sizes: %sizes)
    %tiled = irdl.is !transform.any_op
    %loop = irdl.is !transform.any_op
    irdl.results(tiled: %tiled, loop: %loop)
  }

  // A step: reorder the loops of a structured op; loop i becomes the old loop
  // `permutation[i]`.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
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

  // A step: copy the first (0) or second (1) operand of the root into memory of its own,
  // so that what reads it walks contiguous lines. The result is the copy, which
  // `mlopt.payload` finds again as "lhs_copy" or "rhs_copy"; it has those of the root's
  // loops that index the operand.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
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
  // multiple of its number; 0 leaves a loop alone.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  // %sizes = "mlopt.by_loop"(%lanes, %lanes) : (i64, i64) -> !mlopt.sizes
  // %padded = "mlopt.pad"(%op, %sizes)
  //   : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
  // ```
  irdl.operation @pad {
    %target = irdl.is !transform.any_op
    %multiples = irdl.base @mlopt::@sizes
    irdl.operands(target: %target, multiples: %multiples)
    %padded = irdl.is !transform.any_op
    irdl.results(padded: %padded)
  }

  // A step: cut a structured op in two along one loop, by its role; the first part has
  // `length` iterations.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %length = arith.constant 120 : i64
  // %parts:2 = "mlopt.split"(%op, %length) {loop = "m"}
  //   : (!transform.any_op, i64) -> (!transform.any_op, !transform.any_op)
  // ```
  irdl.operation @split {
    %target = irdl.is !transform.any_op
    %length = irdl.is i64
    irdl.operands(target: %target, length: %length)
    %m = irdl.is "m"
    %n = irdl.is "n"
    %k = irdl.is "k"
    %loop = irdl.any_of(%m, %n, %k)
    irdl.attributes { "loop" = %loop }
    %first = irdl.is !transform.any_op
    %rest = irdl.is !transform.any_op
    irdl.results(first: %first, rest: %rest)
  }

  // A step: drop loops of one trip from the op that an innermost loop holds, so that a
  // convolution tiled to one pixel of its filter becomes a matrix product. `sizes` say
  // what tiling left of each of the root's loops: 1 is dropped, 0 is the whole loop.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %zero = arith.constant 0 : i64
  // %one = arith.constant 1 : i64
  // %tile = "mlopt.by_loop"(%one, %zero) : (i64, i64) -> !mlopt.sizes
  // %tiled:2 = "mlopt.tile"(%op, %tile) {exchange = []}
  //   : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  // %less = "mlopt.fold_unit_loops"(%tiled#1, %tile)
  //   : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
  // ```
  irdl.operation @fold_unit_loops {
    %loop = irdl.is !transform.any_op
    %sizes = irdl.base @mlopt::@sizes
    irdl.operands(loop: %loop, sizes: %sizes)
    %op = irdl.is !transform.any_op
    irdl.results(op: %op)
  }

  // A step: walk along the row in a loop, `width` elements at a time; what is left at the
  // end is a part of its own. A reduction gets as many accumulators, which meet after
  // the loop.
  //
  // ```mlir
  // %ops = "mlopt.payload"() {ops = "reductions"} : () -> !transform.any_op
  // %lanes = "mlopt.property"() {name = "target.vector_lanes"} : () -> i64
  // "mlopt.tile_row"(%ops, %lanes) : (!transform.any_op, i64) -> ()
  // ```
  irdl.operation @tile_row {
    %target = irdl.is !transform.any_op
    %width = irdl.is i64
    irdl.operands(target: %target, width: %width)
  }

  // A step: give a loop whose step does not divide its extent a short last part.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %six = arith.constant 6 : i64
  // %tile = "mlopt.by_loop"(%six) : (i64) -> !mlopt.sizes
  // %tiled:2 = "mlopt.tile"(%op, %tile) {exchange = []}
  //   : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  // "mlopt.peel"(%tiled#1) : (!transform.any_op) -> ()
  // ```
  irdl.operation @peel {
    %loop = irdl.is !transform.any_op
    irdl.operands(loop: %loop)
  }

  // A step: unroll a loop by a factor; 1 leaves it as it is.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %one = arith.constant 1 : i64
  // %four = arith.constant 4 : i64
  // %tile = "mlopt.by_loop"(%one) : (i64) -> !mlopt.sizes
  // %tiled:2 = "mlopt.tile"(%op, %tile) {exchange = []}
  //   : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  // "mlopt.unroll"(%tiled#1, %four) : (!transform.any_op, i64) -> ()
  // ```
  irdl.operation @unroll {
    %loop = irdl.is !transform.any_op
    %factor = irdl.is i64
    irdl.operands(loop: %loop, factor: %factor)
  }

  // A step: move what a loop repeats without change out of it, everywhere in a function.
  //
  // ```mlir
  // %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  // "mlopt.hoist"(%function) : (!transform.any_op) -> ()
  // ```
  irdl.operation @hoist {
    %scope = irdl.is !transform.any_op
    irdl.operands(scope: %scope)
  }

  // A step: turn what is tiled in a function into vector code; sizes that are no multiple
  // of the vector are masked.
  //
  // ```mlir
  // %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  // "mlopt.vectorize"(%function) : (!transform.any_op) -> ()
  // ```
  irdl.operation @vectorize {
    %scope = irdl.is !transform.any_op
    irdl.operands(scope: %scope)
  }

  // A step: run a named sequence of the library in transforms/ on ops, with numbers for
  // its parameters.
  //
  // ```mlir
  // %function = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  // "mlopt.include"(%function) {sequence = "mlopt_clean_tiled"}
  //   : (!transform.any_op) -> ()
  // ```
  irdl.operation @include {
    %target = irdl.is !transform.any_op
    %number = irdl.is i64
    irdl.operands(target: %target, parameters: variadic %number)
    %sequence = irdl.base "#builtin.string"
    irdl.attributes { "sequence" = %sequence }
  }

  // A step: leave the tiling to a pipeline of IREE's own, and give it the sizes of one of
  // its levels. `mlopt.pipeline` must follow.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %size = arith.constant 64 : i64
  // %tile = "mlopt.by_loop"(%size, %size) : (i64, i64) -> !mlopt.sizes
  // "mlopt.configure"(%op, %tile) {level = "distribution"}
  //   : (!transform.any_op, !mlopt.sizes) -> ()
  // ```
  irdl.operation @configure {
    %target = irdl.is !transform.any_op
    %sizes = irdl.base @mlopt::@sizes
    irdl.operands(target: %target, sizes: %sizes)
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

  // A step: register tiles for the ops that are fused with the root, which IREE would
  // otherwise vectorize at the size of the cache tile, or whole: the root's register
  // tile, and `inner` for loops of their own. `is_cached` says whether the root has cache
  // tiles.
  //
  // ```mlir
  // %four = arith.constant 4 : i64
  // %vec = "mlopt.by_loop"(%four, %four) : (i64, i64) -> !mlopt.sizes
  // %no = arith.constant false
  // "mlopt.configure_fused"(%vec, %four, %no) : (!mlopt.sizes, i64, i1) -> ()
  // ```
  irdl.operation @configure_fused {
    %sizes = irdl.base @mlopt::@sizes
    %i64 = irdl.is i64
    %i1 = irdl.is i1
    irdl.operands(sizes: %sizes, inner: %i64, is_cached: %i1)
  }

  // A step: compile by a pipeline of IREE's own, with the sizes configured so far; `peel`
  // gives loops a short last part instead of masks.
  //
  // ```mlir
  // %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  // %no = arith.constant false
  // "mlopt.pipeline"(%op, %no) {name = "DoubleTilingExpert"}
  //   : (!transform.any_op, i1) -> ()
  // ```
  irdl.operation @pipeline {
    %target = irdl.is !transform.any_op
    %peel = irdl.is i1
    irdl.operands(target: %target, peel: %peel)
    %double_tiling = irdl.is "DoubleTilingExpert"
    %convolution = irdl.is "ConvTileAndDecomposeExpert"
    %name = irdl.any_of(%double_tiling, %convolution)
    irdl.attributes { "name" = %name }
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
