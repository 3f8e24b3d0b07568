// A scalable vector, which x86 does not have: LLVM cannot select it and aborts.
module attributes {transform.with_named_sequence} {
transform.named_sequence @__transform_main(%op: !transform.any_op {transform.readonly}) {
  %matmul = transform.structured.match ops{["linalg.matmul"]} in %op
    : (!transform.any_op) -> !transform.any_op
  %config = transform.param.constant #iree_codegen.compilation_info<
    lowering_config = #iree_cpu.lowering_config<
      distribution = [32, 32, 0], vector_common_parallel = [8, [8], 0],
      vector_reduction = [0, 0, 1]>,
    translation_info = #iree_codegen.translation_info<
      pipeline = #iree_cpu.pipeline<DoubleTilingExpert>>> -> !transform.any_param
  transform.annotate %matmul "compilation_info" = %config
    : !transform.any_op, !transform.any_param
  transform.yield
}
}
