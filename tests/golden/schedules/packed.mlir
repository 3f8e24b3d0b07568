#config = #iree_cpu.lowering_config<mlopt_kernel = "kernel_5299932a19c685fd">
#translation = #iree_codegen.translation_info<pipeline = #iree_codegen.pass_pipeline<"iree-transform-dialect-interpreter{library-file-name=mlopt_5299932a19c685fd.mlir entry-point=kernel_5299932a19c685fd}">>
#compilation = #iree_codegen.compilation_info<lowering_config = #config, translation_info = #translation>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @kernel_5299932a19c685fd(%arg0: !transform.any_op {transform.consumed}) {
    %0 = transform.structured.match attributes {mlopt.op = "op2"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %1 = transform.param.constant 32 : i64 -> !transform.param<i64>
    %2 = transform.param.constant 48 : i64 -> !transform.param<i64>
    %3:2 = transform.include @mlopt_distribute_2 failures(propagate) (%0, %1, %2) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    transform.include @mlopt_clean_tiled failures(propagate) (%arg0) : (!transform.any_op) -> ()
    %4 = transform.structured.match attributes {mlopt.op = "op1"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %5 = transform.param.constant 0 : i64 -> !transform.param<i64>
    %6 = transform.param.constant 0 : i64 -> !transform.param<i64>
    %7 = transform.param.constant 64 : i64 -> !transform.param<i64>
    %8:4 = transform.include @mlopt_tile_3 failures(propagate) (%4, %5, %6, %7) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    %9 = transform.structured.match attributes {mlopt.op = "op1"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %10 = transform.param.constant 6 : i64 -> !transform.param<i64>
    %11 = transform.param.constant 16 : i64 -> !transform.param<i64>
    %12:3 = transform.include @mlopt_tile_2_by_10 failures(propagate) (%9, %10, %11) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.include @mlopt_peel failures(propagate) (%12#2) : (!transform.any_op) -> ()
    transform.include @mlopt_clean_tiled failures(propagate) (%arg0) : (!transform.any_op) -> ()
    %13 = transform.structured.match attributes {mlopt.op = "op1"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %14 = transform.include @mlopt_copy_rhs failures(propagate) (%13) : (!transform.any_op) -> !transform.any_op
    transform.include @mlopt_hoist_invariants failures(propagate) (%arg0) : (!transform.any_op) -> ()
    %15 = transform.structured.match attributes {mlopt.op = "rhs_copy"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %16 = transform.param.constant 1 : i64 -> !transform.param<i64>
    %17 = transform.param.constant 16 : i64 -> !transform.param<i64>
    %18:3 = transform.include @mlopt_tile_2 failures(propagate) (%15, %16, %17) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %19 = transform.structured.match attributes {mlopt.op = "op1"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %20 = transform.param.constant 0 : i64 -> !transform.param<i64>
    %21 = transform.param.constant 0 : i64 -> !transform.param<i64>
    %22 = transform.param.constant 1 : i64 -> !transform.param<i64>
    %23:4 = transform.include @mlopt_tile_3 failures(propagate) (%19, %20, %21, %22) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.loop.unroll %23#1 factor = 4 : !transform.any_op
    %24 = transform.structured.match attributes {mlopt.op = "op2"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %25 = transform.param.constant 4 : i64 -> !transform.param<i64>
    %26 = transform.param.constant 16 : i64 -> !transform.param<i64>
    %27:3 = transform.include @mlopt_tile_2 failures(propagate) (%24, %25, %26) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %28 = transform.structured.match attributes {mlopt.op = "op0"} in %arg0 : (!transform.any_op) -> !transform.any_op
    %29 = transform.param.constant 4 : i64 -> !transform.param<i64>
    %30 = transform.param.constant 16 : i64 -> !transform.param<i64>
    %31:3 = transform.include @mlopt_tile_2 failures(propagate) (%28, %29, %30) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %32 = transform.include @mlopt_cpu_tail failures(propagate) (%arg0) : (!transform.any_op) -> !transform.any_op
    transform.yield 
  }
  transform.named_sequence @mlopt_clean_tiled(%arg0: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %arg0 {
      transform.apply_patterns.linalg.tiling_canonicalization
      transform.apply_patterns.tensor.fold_tensor_empty
      transform.apply_patterns.canonicalization
    } : !transform.any_op
    transform.apply_cse to %arg0 : !transform.any_op
    transform.yield 
  }
  transform.named_sequence @mlopt_copy_rhs(%arg0: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %0 = transform.iree.copy_tensor_operand %arg0[1] : (!transform.any_op) -> !transform.any_op
    %1 = transform.param.constant "rhs_copy" -> !transform.any_param
    transform.annotate %0 "mlopt.op" = %1 : !transform.any_op, !transform.any_param
    transform.yield %0 : !transform.any_op
  }
  transform.named_sequence @mlopt_cpu_bufferize(%arg0: !transform.any_op {transform.consumed}) -> !transform.any_op {
    %0 = transform.apply_registered_pass "iree-codegen-llvmcpu-bufferization-pipeline" to %arg0 : (!transform.any_op) -> !transform.any_op
    %1 = transform.apply_registered_pass "iree-codegen-generic-vectorization" to %0 : (!transform.any_op) -> !transform.any_op
    %2 = transform.apply_registered_pass "iree-codegen-remove-single-iteration-loop" to %1 : (!transform.any_op) -> !transform.any_op
    transform.yield %2 : !transform.any_op
  }
  transform.named_sequence @mlopt_cpu_lower_vectors(%arg0: !transform.any_op {transform.consumed}) -> !transform.any_op {
    %0 = transform.apply_registered_pass "iree-codegen-llvmcpu-vector-lowering-pipeline" to %arg0 : (!transform.any_op) -> !transform.any_op
    transform.yield %0 : !transform.any_op
  }
  transform.named_sequence @mlopt_cpu_tail(%arg0: !transform.any_op {transform.consumed}) -> !transform.any_op {
    %0 = transform.include @mlopt_vectorize failures(propagate) (%arg0) : (!transform.any_op) -> !transform.any_op
    %1 = transform.include @mlopt_cpu_bufferize failures(propagate) (%0) : (!transform.any_op) -> !transform.any_op
    %2 = transform.include @mlopt_cpu_lower_vectors failures(propagate) (%1) : (!transform.any_op) -> !transform.any_op
    transform.yield %2 : !transform.any_op
  }
  transform.named_sequence @mlopt_distribute_2(%arg0: !transform.any_op {transform.consumed}, %arg1: !transform.param<i64> {transform.readonly}, %arg2: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op) {
    %transformed, %loops = transform.structured.fuse %arg0 tile_sizes [%arg1, %arg2] use_forall : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    %0 = transform.param.constant [#iree_codegen.workgroup_mapping<y>, #iree_codegen.workgroup_mapping<x>] -> !transform.any_param
    transform.annotate %loops "mapping" = %0 : !transform.any_op, !transform.any_param
    transform.yield %transformed, %loops : !transform.any_op, !transform.any_op
  }
  transform.named_sequence @mlopt_hoist_invariants(%arg0: !transform.any_op {transform.readonly}) {
    %0 = transform.structured.match ops{["scf.for"]} in %arg0 : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %0 : !transform.any_op
    transform.apply_cse to %arg0 : !transform.any_op
    transform.yield 
  }
  transform.named_sequence @mlopt_peel(%arg0: !transform.any_op {transform.readonly}) {
    %0 = transform.cast %arg0 : !transform.any_op to !transform.op<"scf.for">
    %peeled_loop, %remainder_loop = transform.loop.peel %0 : (!transform.op<"scf.for">) -> (!transform.any_op, !transform.any_op)
    transform.yield 
  }
  transform.named_sequence @mlopt_tile_2(%arg0: !transform.any_op {transform.consumed}, %arg1: !transform.param<i64> {transform.readonly}, %arg2: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op) {
    %0:3 = transform.foreach %arg0 : !transform.any_op -> !transform.any_op, !transform.any_op, !transform.any_op {
    ^bb0(%arg3: !transform.any_op):
      %tiled_linalg_op, %loops:2 = transform.structured.tile_using_for %arg3 tile_sizes [%arg1, %arg2] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
      transform.yield %tiled_linalg_op, %loops#0, %loops#1 : !transform.any_op, !transform.any_op, !transform.any_op
    }
    transform.yield %0#0, %0#1, %0#2 : !transform.any_op, !transform.any_op, !transform.any_op
  }
  transform.named_sequence @mlopt_tile_2_by_10(%arg0: !transform.any_op {transform.consumed}, %arg1: !transform.param<i64> {transform.readonly}, %arg2: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op) {
    %0:3 = transform.foreach %arg0 : !transform.any_op -> !transform.any_op, !transform.any_op, !transform.any_op {
    ^bb0(%arg3: !transform.any_op):
      %tiled_linalg_op, %loops:2 = transform.structured.tile_using_for %arg3 tile_sizes [%arg1, %arg2] interchange = [1, 0] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
      transform.yield %tiled_linalg_op, %loops#0, %loops#1 : !transform.any_op, !transform.any_op, !transform.any_op
    }
    transform.yield %0#0, %0#1, %0#2 : !transform.any_op, !transform.any_op, !transform.any_op
  }
  transform.named_sequence @mlopt_tile_3(%arg0: !transform.any_op {transform.consumed}, %arg1: !transform.param<i64> {transform.readonly}, %arg2: !transform.param<i64> {transform.readonly}, %arg3: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op) {
    %0:4 = transform.foreach %arg0 : !transform.any_op -> !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op {
    ^bb0(%arg4: !transform.any_op):
      %tiled_linalg_op, %loops:3 = transform.structured.tile_using_for %arg4 tile_sizes [%arg1, %arg2, %arg3] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
      transform.yield %tiled_linalg_op, %loops#0, %loops#1, %loops#2 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
    }
    transform.yield %0#0, %0#1, %0#2, %0#3 : !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op
  }
  transform.named_sequence @mlopt_vectorize(%arg0: !transform.any_op {transform.consumed}) -> !transform.any_op {
    %0 = transform.apply_registered_pass "canonicalize" to %arg0 : (!transform.any_op) -> !transform.any_op
    %1 = transform.apply_registered_pass "cse" to %0 : (!transform.any_op) -> !transform.any_op
    %2 = transform.apply_registered_pass "iree-codegen-generic-vectorization" with options = {"enable-vector-masking" = true} to %1 : (!transform.any_op) -> !transform.any_op
    %3 = transform.apply_registered_pass "iree-codegen-optimize-tensor-insert-extract-slices" to %2 : (!transform.any_op) -> !transform.any_op
    %4 = transform.apply_registered_pass "canonicalize" to %3 : (!transform.any_op) -> !transform.any_op
    %5 = transform.apply_registered_pass "cse" to %4 : (!transform.any_op) -> !transform.any_op
    transform.yield %5 : !transform.any_op
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
