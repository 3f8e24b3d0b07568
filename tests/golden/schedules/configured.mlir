#config = #iree_cpu.lowering_config<vector_inner_parallel = [4, 16]>
#config1 = #iree_cpu.lowering_config<cache_parallel = [16, 48, 0], cache_reduction = [0, 0, 64], distribution = [32, 96, 0], vector_common_parallel = [4, 16, 0], vector_reduction = [0, 0, 4]>
#translation = #iree_codegen.translation_info<pipeline = #iree_cpu.pipeline<DoubleTilingExpert>, {enable_loop_peeling}>
#compilation = #iree_codegen.compilation_info<lowering_config = #config1, translation_info = #translation>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @annotate_3d63a70c8aa4d473(%arg0: !transform.any_op {transform.readonly}) {
    %0 = transform.structured.match ops{["linalg.fill", "linalg.matmul", "linalg.generic"]} in %arg0 : (!transform.any_op) -> !transform.any_op
    %1:3 = transform.split_handle %0 : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %2 = transform.param.constant #config -> !transform.any_param
    transform.annotate %1#0 "lowering_config" = %2 : !transform.any_op, !transform.any_param
    %3 = transform.param.constant #config -> !transform.any_param
    transform.annotate %1#2 "lowering_config" = %3 : !transform.any_op, !transform.any_param
    %4 = transform.param.constant #compilation -> !transform.any_param
    transform.annotate %1#1 "compilation_info" = %4 : !transform.any_op, !transform.any_param
    transform.yield 
  }
  transform.named_sequence @__transform_main(%arg0: !transform.any_op {transform.readonly}) {
    %0 = transform.structured.match ops{["func.func"]} in %arg0 : (!transform.any_op) -> !transform.any_op
    transform.include @annotate_3d63a70c8aa4d473 failures(propagate) (%0) : (!transform.any_op) -> ()
    transform.yield 
  }
}
