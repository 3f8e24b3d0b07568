// Cases for `iree-opt --irdl-file` and for mlopt: valid, invalid for both, or senseless:
// well-formed as far as IRDL can say.
// -----
// valid: an empty module


// -----
// valid: an empty space
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: extra attributes are welcome
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1", note = "x"} : () -> ()

// -----
// valid: arithmetic beside it
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %d = arith.muli %c, %c : i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: a knob over divisors
"mlopt.space"() ({
  %n = "mlopt.extent"() {loop = "n"} : () -> i64
  %v = "mlopt.divisors"(%n) {low = 1, high = 64} : (i64) -> !mlopt.values
  %d_k = arith.constant 16 : i64
  %k = "mlopt.knob"(%v, %d_k) {name = "n"} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: alternatives
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "y"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: nested choices
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({
      %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
      %d_k = arith.constant 1 : i64
      %k = "mlopt.knob"(%v, %d_k) {name = "k"} : (!mlopt.values, i64) -> i64
      "transform.yield"() : () -> ()
    }) {label = "x"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: tile without sizes
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %s = "mlopt.by_loop"() : () -> !mlopt.sizes
  %t:2 = "mlopt.tile"(%op, %s) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: tile with many sizes
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c, %c, %c, %c) : (i64, i64, i64, i64) -> !mlopt.sizes
  %t:2 = "mlopt.tile"(%op, %s) {exchange = ["n", "m"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: interchange
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %i = "mlopt.interchange"(%op) {permutation = array<i64: 1, 0>} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: a schedule alone
"mlopt.schedule"() {space = @s, workload = "00", decisions = {}, speedup = 1.0 : f64, provenance = "p"} : () -> ()

// -----
// valid: a schedule of single precision
"mlopt.schedule"() {space = @s, workload = "00", decisions = {rows = 1}, speedup = 1.0 : f32, provenance = "p"} : () -> ()

// -----
// valid: values as an argument of a function
func.func private @f(!mlopt.values)

// -----
// valid: the name of a type in a string
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "!mlopt.nothing", kind = "any", target = "#mlopt.x", version = "1"} : () -> ()

// -----
// invalid: an operation that does not exist
"mlopt.nothing"() : () -> ()

// -----
// invalid: a type that does not exist
func.func private @f(!mlopt.nothing)

// -----
// invalid: a type with parameters it does not have
func.func private @f(!mlopt.values<3>)

// -----
// invalid: an attribute of the dialect
"mlopt.schedule"() {space = @s, workload = "00", decisions = {x = #mlopt.nothing}, speedup = 1.0 : f64, provenance = "p"} : () -> ()

// -----
// invalid: an unknown kind of workload
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "pooling", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a number for a name
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = 3 : i64, kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: no body
"mlopt.space"() {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: two bodies
"mlopt.space"() ({ "transform.yield"() : () -> () }, { "transform.yield"() : () -> () }) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an empty region
"mlopt.space"() ({}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: two blocks
"mlopt.space"() ({
  "transform.yield"() : () -> ()
^next:
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a block that ends in an operation of ours
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an extent of no loop
"mlopt.space"() ({
  %x = "mlopt.extent"() {loop = "o"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an extent of another type
"mlopt.space"() ({
  %x = "mlopt.extent"() {loop = "m"} : () -> i32
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an extent without a result
"mlopt.space"() ({
  "mlopt.extent"() {loop = "m"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an extent with two results
"mlopt.space"() ({
  %x:2 = "mlopt.extent"() {loop = "m"} : () -> (i64, i64)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an extent of something
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %x = "mlopt.extent"(%c) {loop = "m"} : (i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an unknown property
"mlopt.space"() ({
  %x = "mlopt.property"() {name = "target.colour"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a list that is a number
"mlopt.space"() ({
  %v = "mlopt.list"() {values = 3} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a list of the wrong type
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [3]} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: divisors without bounds
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.divisors"(%c) {low = 1} : (i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a bound that is a word
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.divisors"(%c) {low = "a", high = 2} : (i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: divisors of values
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [3]} : () -> !mlopt.values
  %w = "mlopt.divisors"(%v) {low = 1, high = 2} : (!mlopt.values) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a knob without a name
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [3]} : () -> !mlopt.values
  %c = arith.constant 3 : i64
  %k = "mlopt.knob"(%v, %c) : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a knob without values
"mlopt.space"() ({
  %k = "mlopt.knob"() {name = "k", default = 3} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a requirement on a number
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  "mlopt.require"(%c) {message = "m"} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a requirement on two conditions
"mlopt.space"() ({
  %t = arith.constant true
  "mlopt.require"(%t, %t) {message = "m"} : (i1, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a requirement without a message
"mlopt.space"() ({
  %t = arith.constant true
  "mlopt.require"(%t) : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a tile of a number
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %t:2 = "mlopt.tile"(%c, %s) {exchange = []} : (i64, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a tile of nothing
"mlopt.space"() ({
  %t:2 = "mlopt.tile"() {exchange = []} : () -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a tile by another handle
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %t:2 = "mlopt.tile"(%op, %op) {exchange = []} : (!transform.any_op, !transform.any_op) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a tile with one result
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %t = "mlopt.tile"(%op, %s) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a handle of another type
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.op<"linalg.fill">
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a permutation that is an array
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %i = "mlopt.interchange"(%op) {permutation = [1, 0]} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an unknown level
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  "mlopt.configure"(%op, %s) {level = "warp"} : (!transform.any_op, !mlopt.sizes) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a schedule of a string
"mlopt.schedule"() {space = "s", workload = "00", decisions = {}, speedup = 1.0 : f64, provenance = "p"} : () -> ()

// -----
// invalid: a speedup that is an integer
"mlopt.schedule"() {space = @s, workload = "00", decisions = {}, speedup = 1 : i64, provenance = "p"} : () -> ()

// -----
// invalid: a step with a successor
func.func @f(%op: !transform.any_op) {
  "mlopt.hoist"(%op)[^next] : (!transform.any_op) -> ()
^next:
  return
}

// -----
// senseless: two spaces of one name
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a schedule of another space
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
"mlopt.schedule"() {space = @other, workload = "00", decisions = {}, speedup = 1.0 : f64, provenance = "p"} : () -> ()

// -----
// senseless: two choices of one name
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [3]} : () -> !mlopt.values
  %d_k = arith.constant 3 : i64
  %k = "mlopt.knob"(%v, %d_k) {name = "k"} : (!mlopt.values, i64) -> i64
  %d_l = arith.constant 3 : i64
  %l = "mlopt.knob"(%v, %d_l) {name = "k"} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a default label that does not exist
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "y"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a label twice
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: alternatives of nothing
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({

    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: an alternative without alternatives
"mlopt.space"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: something else among alternatives
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
  %c = arith.constant 4 : i64

    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a space in a space
"mlopt.space"() ({
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: an empty list
"mlopt.space"() ({
  %v = "mlopt.list"() {values = []} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a mixed list
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1, "a"]} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a repeated value
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1, 1]} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: bounds the wrong way round
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.divisors"(%c) {low = 9, high = 2} : (i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: no permutation
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %i = "mlopt.interchange"(%op) {permutation = array<i64: 1, 1>} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a permutation of other integers
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %i = "mlopt.interchange"(%op) {permutation = array<i32: 1, 0>} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a requirement that says nothing
"mlopt.space"() ({
  %t = arith.constant true
  "mlopt.require"(%t) {message = " "} : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: another terminator
"mlopt.space"() ({
  "vector.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: a knob that is true or false
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [false, true]} : () -> !mlopt.values
  %d = arith.constant 1 : i64
  %k = "mlopt.knob"(%v, %d) {name = "k"} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a default that is an attribute
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1]} : () -> !mlopt.values
  %k = "mlopt.knob"(%v) {name = "k", default = 1} : (!mlopt.values) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a list of words
"mlopt.space"() ({
  %v = "mlopt.list"() {values = ["a"]} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: choices of each kind of loop
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %r = "mlopt.per_loop"() ({
    %a = "mlopt.knob"(%v, %c) {name = "vec"} : (!mlopt.values, i64) -> i64
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  %q = "mlopt.per_loop"() ({
    %a = "mlopt.knob"(%v, %c) {name = "vec"} : (!mlopt.values, i64) -> i64
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "reduction"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: a loop without results
"mlopt.space"() ({
  "mlopt.per_loop"() ({
    "mlopt.collect"() : () -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: a loop with two results
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r:2 = "mlopt.per_loop"() ({
    "mlopt.collect"(%c, %c) : (i64, i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> (!mlopt.sizes, !mlopt.sizes)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: what a loop is
"mlopt.space"() ({
  %r = "mlopt.per_loop"() ({
    %e = "mlopt.loop"() {property = "extent"} : () -> i64
    "mlopt.collect"(%e) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: numbers of loops
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %r = "mlopt.by_role"(%c, %c, %c, %c) : (i64, i64, i64, i64) -> !mlopt.sizes
  %j = "mlopt.join"(%s, %r) : (!mlopt.sizes, !mlopt.sizes) -> !mlopt.sizes
  %p = "mlopt.product"(%j) : (!mlopt.sizes) -> i64
  %f = "mlopt.fused_vector"(%j, %p) : (!mlopt.sizes, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: lists made of bounds
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %t = "mlopt.tiles"(%c, %c, %c) : (i64, i64, i64) -> !mlopt.values
  %p = "mlopt.prepend"(%c, %t) : (i64, !mlopt.values) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: advice
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %a = "mlopt.knob"(%v, %c) {name = "a"} : (!mlopt.values, i64) -> i64
  %b = "mlopt.knob"(%v, %c) {name = "b"} : (!mlopt.values, i64) -> i64
  "mlopt.advise"(%c, %c) {expert = "e", knobs = ["b", "a"]} : (i64, i64) -> ()
  "mlopt.advise"() {expert = "f", knobs = []} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: steps under a condition
"mlopt.space"() ({
  %yes = arith.constant true
  "mlopt.when"(%yes) ({
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: every step
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %yes = arith.constant true
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %f = "mlopt.payload"() {ops = "function"} : () -> !transform.any_op
  %a:2 = "mlopt.parallelize"(%op, %s) : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  %b:2 = "mlopt.fuse"(%a#0, %s) {exchange = []} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  %p = "mlopt.pack"(%b#0) {operand = 0} : (!transform.any_op) -> !transform.any_op
  %q = "mlopt.pad"(%b#0, %s) : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
  %x:2 = "mlopt.split"(%q, %c) {loop = "m"} : (!transform.any_op, i64) -> (!transform.any_op, !transform.any_op)
  %u = "mlopt.fold_unit_loops"(%b#1, %s) : (!transform.any_op, !mlopt.sizes) -> !transform.any_op
  %w = "mlopt.payload"() {ops = "store"} : () -> !transform.any_op
  "mlopt.peel"(%b#1) : (!transform.any_op) -> ()
  "mlopt.unroll"(%b#1, %c) : (!transform.any_op, i64) -> ()
  "mlopt.hoist"(%f) : (!transform.any_op) -> ()
  "mlopt.vectorize"(%f) : (!transform.any_op) -> ()
  "mlopt.include"(%f, %c, %c) {sequence = "a_b"} : (!transform.any_op, i64, i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// valid: a configured schedule
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %yes = arith.constant true
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  "mlopt.configure"(%op, %s) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  "mlopt.configure_fused"(%s, %c, %yes) : (!mlopt.sizes, i64, i1) -> ()
  "mlopt.pipeline"(%op, %yes) {name = "DoubleTilingExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: loops of an unknown kind
"mlopt.space"() ({
  "mlopt.per_loop"() ({
    "mlopt.collect"() : () -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "window"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a loop that gives numbers
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r = "mlopt.per_loop"() ({
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an unknown property of a loop
"mlopt.space"() ({
  "mlopt.per_loop"() ({
    %e = "mlopt.loop"() {property = "color"} : () -> i64
    "mlopt.collect"() : () -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: sizes of a list
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %s = "mlopt.by_loop"(%v) : (!mlopt.values) -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: three roles
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r = "mlopt.by_role"(%c, %c, %c) : (i64, i64, i64) -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a join of numbers
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %j = "mlopt.join"(%c, %c) : (i64, i64) -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a product of a number
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %p = "mlopt.product"(%c) : (i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a fused vector without a width
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %f = "mlopt.fused_vector"(%s) : (!mlopt.sizes) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: tiles with one bound
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %t = "mlopt.tiles"(%c, %c) : (i64, i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a list before a list
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %p = "mlopt.prepend"(%v, %v) : (!mlopt.values, !mlopt.values) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: advice of nobody
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  "mlopt.advise"(%c) {knobs = ["a"]} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a condition that is a number
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  "mlopt.when"(%c) ({
    "transform.yield"() : () -> ()
  }) : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a payload of another name
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "everything"} : () -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a split along a batch
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %x:2 = "mlopt.split"(%op, %c) {loop = "batch"} : (!transform.any_op, i64) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a number to be peeled
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  "mlopt.peel"(%c) : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an include by symbol
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  "mlopt.include"(%op) {sequence = @a} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: fused ops configured by a handle
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %yes = arith.constant true
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  "mlopt.configure_fused"(%op, %c, %yes) : (!transform.any_op, i64, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: a pipeline that IREE does not have
"mlopt.space"() ({
  %yes = arith.constant true
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  "mlopt.pipeline"(%op, %yes) {name = "Expert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an exchange of one role
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %t:2 = "mlopt.tile"(%op, %s) {exchange = "m"} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// invalid: an extent that no kernel has
"mlopt.space"() ({
  %e = "mlopt.extent"() {loop = "depth"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a loop that collects nothing
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r = "mlopt.per_loop"() ({
    %d = arith.constant 4 : i64
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a loop that collects twice
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r = "mlopt.per_loop"() ({
    "mlopt.collect"(%c) : (i64) -> ()
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a loop that goes on after it has collected
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r = "mlopt.per_loop"() ({
    "mlopt.collect"(%c) : (i64) -> ()
    %d = arith.constant 4 : i64
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a loop that collects too little
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r:2 = "mlopt.per_loop"() ({
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> (!mlopt.sizes, !mlopt.sizes)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: something collected outside of loops
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  "mlopt.collect"(%c) : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a loop without loops
"mlopt.space"() ({
  %e = "mlopt.loop"() {property = "extent"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: loops in loops
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r = "mlopt.per_loop"() ({
    %q = "mlopt.per_loop"() ({
      "mlopt.collect"(%c) : (i64) -> ()
      "transform.yield"() : () -> ()
    }) {iterators = "parallel"} : () -> !mlopt.sizes
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a step for each loop
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %r = "mlopt.per_loop"() ({
    %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: one name for all loops and for some
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %r = "mlopt.per_loop"() ({
    %a = "mlopt.knob"(%v, %c) {name = "vec"} : (!mlopt.values, i64) -> i64
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "all"} : () -> !mlopt.sizes
  %q = "mlopt.per_loop"() ({
    %a = "mlopt.knob"(%v, %c) {name = "vec"} : (!mlopt.values, i64) -> i64
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "reduction"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a name that ends as a loop does
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %r = "mlopt.per_loop"() ({
    %a = "mlopt.knob"(%v, %c) {name = "vec2"} : (!mlopt.values, i64) -> i64
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a name that a loop would have
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %r = "mlopt.per_loop"() ({
    %a = "mlopt.knob"(%v, %c) {name = "vec"} : (!mlopt.values, i64) -> i64
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  %b = "mlopt.knob"(%v, %c) {name = "vec0"} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a name that a loop would have, said first
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %b = "mlopt.knob"(%v, %c) {name = "vec0"} : (!mlopt.values, i64) -> i64
  %r = "mlopt.per_loop"() ({
    %a = "mlopt.knob"(%v, %c) {name = "vec"} : (!mlopt.values, i64) -> i64
    "mlopt.collect"(%c) : (i64) -> ()
    "transform.yield"() : () -> ()
  }) {iterators = "parallel"} : () -> !mlopt.sizes
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a choice under a condition
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %yes = arith.constant true
  "mlopt.when"(%yes) ({
    %a = "mlopt.knob"(%v, %c) {name = "a"} : (!mlopt.values, i64) -> i64
    "transform.yield"() : () -> ()
  }) : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: advice on what is not there
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %a = "mlopt.knob"(%v, %c) {name = "a"} : (!mlopt.values, i64) -> i64
  "mlopt.advise"(%c) {expert = "e", knobs = ["b"]} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: advice before the choice
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  "mlopt.advise"(%c) {expert = "e", knobs = ["a"]} : (i64) -> ()
  %a = "mlopt.knob"(%v, %c) {name = "a"} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: advice of fewer values than knobs
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %a = "mlopt.knob"(%v, %c) {name = "a"} : (!mlopt.values, i64) -> i64
  "mlopt.advise"() {expert = "e", knobs = ["a"]} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: advice that names a knob twice
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %a = "mlopt.knob"(%v, %c) {name = "a"} : (!mlopt.values, i64) -> i64
  "mlopt.advise"(%c, %c) {expert = "e", knobs = ["a", "a"]} : (i64, i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: advice on a number
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %a = "mlopt.knob"(%v, %c) {name = "a"} : (!mlopt.values, i64) -> i64
  "mlopt.advise"(%c) {expert = "e", knobs = [1]} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: advice of an expert without a name
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.list"() {values = [1, 2]} : () -> !mlopt.values
  %a = "mlopt.knob"(%v, %c) {name = "a"} : (!mlopt.values, i64) -> i64
  "mlopt.advise"(%c) {expert = "", knobs = ["a"]} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: an exchange of three
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %t:2 = "mlopt.tile"(%op, %s) {exchange = ["m", "n", "k"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: an exchange of a role with itself
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %t:2 = "mlopt.fuse"(%op, %s) {exchange = ["m", "m"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: an exchange of something else
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  %t:2 = "mlopt.tile"(%op, %s) {exchange = ["m", "batch"]} : (!transform.any_op, !mlopt.sizes) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a third operand packed
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %p = "mlopt.pack"(%op) {operand = 2} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a sequence without a name
"mlopt.space"() ({
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  "mlopt.include"(%op) {sequence = ""} : (!transform.any_op) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: sizes for a pipeline that never comes
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %op = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %s = "mlopt.by_loop"(%c) : (i64) -> !mlopt.sizes
  "mlopt.configure"(%op, %s) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()

// -----
// senseless: a space of a module in a module
"mlopt.schedule"() {space = @a::@b, workload = "00", decisions = {}, speedup = 1.0 : f64, provenance = "p"} : () -> ()
