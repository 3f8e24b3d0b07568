// The interpreter looks for @__transform_main.
module attributes {transform.with_named_sequence} {
transform.named_sequence @some_other_name(%op: !transform.any_op {transform.readonly}) {
  transform.yield
}
}
