// Cases for `iree-opt --irdl-file` and for mlopt: valid, invalid for both, or senseless:
// well-formed as far as IRDL can say.
// -----
// valid: an empty module


// -----
// valid: an empty space
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// valid: extra attributes are welcome
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1", note = "x"} : () -> ()

// -----
// valid: arithmetic beside it
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %d = arith.muli %c, %c : i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// valid: a knob over divisors
"mlopt.space"() ({
  %n = "mlopt.extent"() {loop = "n"} : () -> i64
  %v = "mlopt.divisors"(%n) {low = 1, high = 64} : (i64) -> !mlopt.values
  %d_k = arith.constant 16 : i64
  %k = "mlopt.knob"(%v, %d_k) {name = "n"} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// valid: alternatives
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "y"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

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
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// valid: tile without sizes
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %t:2 = "mlopt.tile"(%op) : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// valid: tile with many sizes
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %c = arith.constant 4 : i64
  %t:2 = "mlopt.tile"(%op, %c, %c, %c, %c) : (!transform.any_op, i64, i64, i64, i64) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// valid: interchange
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %i = "mlopt.interchange"(%op) {permutation = array<i64: 1, 0>} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

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
}) {sym_name = "!mlopt.nothing", kind = "any", target = "#mlopt.x", template = "t", version = "1"} : () -> ()

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
}) {sym_name = "s", kind = "pooling", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a number for a name
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = 3 : i64, kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: no body
"mlopt.space"() {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: two bodies
"mlopt.space"() ({ "transform.yield"() : () -> () }, { "transform.yield"() : () -> () }) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: an empty region
"mlopt.space"() ({}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: two blocks
"mlopt.space"() ({
  "transform.yield"() : () -> ()
^next:
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a block that ends in an operation of ours
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: an extent of no loop
"mlopt.space"() ({
  %x = "mlopt.extent"() {loop = "o"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: an extent of another type
"mlopt.space"() ({
  %x = "mlopt.extent"() {loop = "m"} : () -> i32
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: an extent without a result
"mlopt.space"() ({
  "mlopt.extent"() {loop = "m"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: an extent with two results
"mlopt.space"() ({
  %x:2 = "mlopt.extent"() {loop = "m"} : () -> (i64, i64)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: an extent of something
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %x = "mlopt.extent"(%c) {loop = "m"} : (i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: an unknown property
"mlopt.space"() ({
  %x = "mlopt.property"() {name = "target.colour"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a list that is a number
"mlopt.space"() ({
  %v = "mlopt.list"() {values = 3} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a list of the wrong type
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [3]} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: divisors without bounds
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.divisors"(%c) {low = 1} : (i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a bound that is a word
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.divisors"(%c) {low = "a", high = 2} : (i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: divisors of values
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [3]} : () -> !mlopt.values
  %w = "mlopt.divisors"(%v) {low = 1, high = 2} : (!mlopt.values) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a knob without a name
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [3]} : () -> !mlopt.values
  %c = arith.constant 3 : i64
  %k = "mlopt.knob"(%v, %c) : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a knob without values
"mlopt.space"() ({
  %k = "mlopt.knob"() {name = "k", default = 3} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a requirement on a number
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  "mlopt.require"(%c) {message = "m"} : (i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a requirement on two conditions
"mlopt.space"() ({
  %t = arith.constant true
  "mlopt.require"(%t, %t) {message = "m"} : (i1, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a requirement without a message
"mlopt.space"() ({
  %t = arith.constant true
  "mlopt.require"(%t) : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a tile of a number
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %t:2 = "mlopt.tile"(%c, %c) : (i64, i64) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a tile of nothing
"mlopt.space"() ({
  %t:2 = "mlopt.tile"() : () -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a tile by another handle
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %t:2 = "mlopt.tile"(%op, %op) : (!transform.any_op, !transform.any_op) -> (!transform.any_op, !transform.any_op)
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a tile with one result
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %c = arith.constant 4 : i64
  %t = "mlopt.tile"(%op, %c) : (!transform.any_op, i64) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a handle of another type
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.op<"linalg.fill">
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a permutation that is an array
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %i = "mlopt.interchange"(%op) {permutation = [1, 0]} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: an unknown level
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %c = arith.constant 4 : i64
  "mlopt.configure"(%op, %c) {level = "warp"} : (!transform.any_op, i64) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

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
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a schedule of another space
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()
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
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a default label that does not exist
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "y"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a label twice
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: alternatives of nothing
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({

    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: an alternative without alternatives
"mlopt.space"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: something else among alternatives
"mlopt.space"() ({
  %a = "mlopt.alternatives"() ({
    "mlopt.alternative"() ({ "transform.yield"() : () -> () }) {label = "x"} : () -> ()
  %c = arith.constant 4 : i64

    "transform.yield"() : () -> ()
  }) {name = "a", default = "x"} : () -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a space in a space
"mlopt.space"() ({
"mlopt.space"() ({

  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: an empty list
"mlopt.space"() ({
  %v = "mlopt.list"() {values = []} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a mixed list
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1, "a"]} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a repeated value
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1, 1]} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: bounds the wrong way round
"mlopt.space"() ({
  %c = arith.constant 4 : i64
  %v = "mlopt.divisors"(%c) {low = 9, high = 2} : (i64) -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: no permutation
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %i = "mlopt.interchange"(%op) {permutation = array<i64: 1, 1>} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a permutation of other integers
"mlopt.space"() ({
  %op = "mlopt.payload"() {position = 0} : () -> !transform.any_op
  %i = "mlopt.interchange"(%op) {permutation = array<i32: 1, 0>} : (!transform.any_op) -> !transform.any_op
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a requirement that says nothing
"mlopt.space"() ({
  %t = arith.constant true
  "mlopt.require"(%t) {message = " "} : (i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: another terminator
"mlopt.space"() ({
  "vector.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// valid: a knob that is true or false
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [false, true]} : () -> !mlopt.values
  %d = arith.constant 1 : i64
  %k = "mlopt.knob"(%v, %d) {name = "k"} : (!mlopt.values, i64) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// invalid: a default that is an attribute
"mlopt.space"() ({
  %v = "mlopt.list"() {values = [1]} : () -> !mlopt.values
  %k = "mlopt.knob"(%v) {name = "k", default = 1} : (!mlopt.values) -> i64
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()

// -----
// senseless: a list of words
"mlopt.space"() ({
  %v = "mlopt.list"() {values = ["a"]} : () -> !mlopt.values
  "transform.yield"() : () -> ()
}) {sym_name = "s", kind = "any", target = "llvm-cpu", template = "t", version = "1"} : () -> ()
