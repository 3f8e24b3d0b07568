// Contractions of few choices: rows for a workgroup, one vector of columns.
"mlopt.space"() ({
  %m = "mlopt.extent"() {loop = "m"} : () -> i64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c16 = arith.constant 16 : i64
  %sizes = "mlopt.divisors"(%m) {low = 4, high = 64} : (i64) -> !mlopt.values
  %rows = "mlopt.knob"(%sizes, %c16) {name = "rows"} : (!mlopt.values, i64) -> i64
  %root = "mlopt.payload"() {ops = "root"} : () -> !transform.any_op
  %workgroup = "mlopt.by_role"(%rows, %c16, %c0, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.configure"(%root, %workgroup) {level = "distribution"} : (!transform.any_op, !mlopt.sizes) -> ()
  %vector = "mlopt.by_role"(%c1, %c16, %c0, %c1) : (i64, i64, i64, i64) -> !mlopt.sizes
  "mlopt.configure"(%root, %vector) {level = "vector_common_parallel"} : (!transform.any_op, !mlopt.sizes) -> ()
  %no = arith.constant false
  "mlopt.pipeline"(%root, %no) {name = "DoubleTilingExpert"} : (!transform.any_op, i1) -> ()
  "transform.yield"() : () -> ()
}) {sym_name = "rows_alone", kind = "contraction", target = "llvm-cpu", version = "1"} : () -> ()
