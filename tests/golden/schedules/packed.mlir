#config = #iree_cpu.lowering_config<mlopt_kernel = "kernel_5299932a19c685fd">
#translation = #iree_codegen.translation_info<pipeline = #iree_codegen.pass_pipeline<"iree-transform-dialect-interpreter{library-file-name=mlopt_5299932a19c685fd.mlir entry-point=kernel_5299932a19c685fd}">>
#compilation = #iree_codegen.compilation_info<lowering_config = #config, translation_info = #translation>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @mlopt_clean_tiled(%arg0: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %arg0 {
      transform.apply_patterns.linalg.tiling_canonicalization
      transform.apply_patterns.tensor.fold_tensor_empty
      transform.apply_patterns.canonicalization
    } : !transform.any_op
    transform.apply_cse to %arg0 : !transform.any_op
    transform.yield 
  }
  transform.named_sequence @mlopt_hoist_invariants(%arg0: !transform.any_op {transform.readonly}) {
    %0 = transform.structured.match ops{["scf.for"]} in %arg0 : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %0 : !transform.any_op
    transform.apply_cse to %arg0 : !transform.any_op
    transform.yield 
  }
  transform.named_sequence @mlopt_cpu_tail(%arg0: !transform.any_op {transform.consumed}) {
    %0 = transform.apply_registered_pass "canonicalize" to %arg0 : (!transform.any_op) -> !transform.any_op
    %1 = transform.apply_registered_pass "cse" to %0 : (!transform.any_op) -> !transform.any_op
    %2 = transform.apply_registered_pass "iree-codegen-generic-vectorization" with options = {"enable-vector-masking" = true} to %1 : (!transform.any_op) -> !transform.any_op
    %3 = transform.apply_registered_pass "iree-codegen-optimize-tensor-insert-extract-slices" to %2 : (!transform.any_op) -> !transform.any_op
    %4 = transform.apply_registered_pass "canonicalize" to %3 : (!transform.any_op) -> !transform.any_op
    %5 = transform.apply_registered_pass "cse" to %4 : (!transform.any_op) -> !transform.any_op
    %6 = transform.apply_registered_pass "iree-codegen-llvmcpu-bufferization-pipeline" to %5 : (!transform.any_op) -> !transform.any_op
    %7 = transform.apply_registered_pass "iree-codegen-generic-vectorization" to %6 : (!transform.any_op) -> !transform.any_op
    %8 = transform.apply_registered_pass "iree-codegen-remove-single-iteration-loop" to %7 : (!transform.any_op) -> !transform.any_op
    %9 = transform.apply_registered_pass "iree-codegen-llvmcpu-vector-lowering-pipeline" to %8 : (!transform.any_op) -> !transform.any_op
    transform.yield 
  }
  transform.named_sequence @kernel_5299932a19c685fd(%arg0: !transform.any_op {transform.consumed}) {
    %0 = transform.structured.match attributes {mlopt.op = "op2"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %transformed, %loops = transform.structured.fuse %0 tile_sizes [32, 48] use_forall : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %1 = transform.param.constant [#iree_codegen.workgroup_mapping<y>, #iree_codegen.workgroup_mapping<x>] -> !transform.any_param
    transform.annotate %loops "mapping" = %1 : !transform.any_op, !transform.any_param
    transform.include @mlopt_clean_tiled failures(propagate) (%arg0) : (!transform.any_op) -> ()
    %2 = transform.structured.match attributes {mlopt.op = "op1"} in %loops : (!transform.any_op) -> !transform.any_op
    %tiled_linalg_op, %loops_0 = transform.structured.tile_using_for %2 tile_sizes [0, 0, 64] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %tiled_linalg_op_1, %loops_2:2 = transform.structured.tile_using_for %tiled_linalg_op tile_sizes [6, 16, 0] interchange = [1, 0, 2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %3 = transform.cast %loops_2#1 : !transform.any_op to !transform.op<"scf.for">
    %peeled_loop, %remainder_loop = transform.loop.peel %3 : (!transform.op<"scf.for">) -> (!transform.any_op, !transform.any_op)
    transform.include @mlopt_clean_tiled failures(propagate) (%arg0) : (!transform.any_op) -> ()
    %4 = transform.structured.match attributes {mlopt.op = "op1"} in %loops : (!transform.any_op) -> !transform.any_op
    %5 = transform.iree.copy_tensor_operand %4[1] : (!transform.any_op) -> !transform.any_op
    transform.include @mlopt_hoist_invariants failures(propagate) (%arg0) : (!transform.any_op) -> ()
    %6 = transform.structured.match ops{["linalg.copy"]} in %loops : (!transform.any_op) -> !transform.any_op
    %tiled_linalg_op_3, %loops_4:2 = transform.structured.tile_using_for %6 tile_sizes [1, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %7 = transform.structured.match attributes {mlopt.op = "op1"} in %loops : (!transform.any_op) -> !transform.any_op
    %tiled_linalg_op_5, %loops_6 = transform.structured.tile_using_for %7 tile_sizes [0, 0, 1] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.loop.unroll %loops_6 factor = 4 : !transform.any_op
    %8 = transform.structured.match attributes {mlopt.op = "op2"} in %loops : (!transform.any_op) -> !transform.any_op
    %tiled_linalg_op_7, %loops_8:2 = transform.structured.tile_using_for %8 tile_sizes [4, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %9 = transform.structured.match attributes {mlopt.op = "op0"} in %loops : (!transform.any_op) -> !transform.any_op
    %tiled_linalg_op_9, %loops_10:2 = transform.structured.tile_using_for %9 tile_sizes [4, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.include @mlopt_cpu_tail failures(propagate) (%arg0) : (!transform.any_op) -> ()
    transform.yield 
  }
  transform.named_sequence @annotate_5299932a19c685fd(%arg0: !transform.any_op {transform.readonly}) {
    %0 = transform.structured.match ops{["linalg.fill", "linalg.matmul", "linalg.generic"]} in %arg0 : (!transform.any_op) -> !transform.any_op
    %1:3 = transform.split_handle %0 : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %2 = transform.param.constant "op0" -> !transform.any_param
    transform.annotate %1#0 "mlopt.op" = %2 : !transform.any_op, !transform.any_param
    %3 = transform.param.constant "op1" -> !transform.any_param
    transform.annotate %1#1 "mlopt.op" = %3 : !transform.any_op, !transform.any_param
    %4 = transform.param.constant #compilation -> !transform.any_param
    transform.annotate %1#1 "compilation_info" = %4 : !transform.any_op, !transform.any_param
    %5 = transform.param.constant "op2" -> !transform.any_param
    transform.annotate %1#2 "mlopt.op" = %5 : !transform.any_op, !transform.any_param
    transform.yield 
  }
  transform.named_sequence @__transform_main(%arg0: !transform.any_op {transform.readonly}) {
    %0 = transform.structured.match ops{["func.func"]} in %arg0 : (!transform.any_op) -> !transform.any_op
    transform.include @annotate_5299932a19c685fd failures(propagate) (%0) : (!transform.any_op) -> ()
    transform.yield 
  }
}
