// Steps of CPU schedules: how the work is shared, and how tiled code becomes machine
// code. A schedule holds a copy of what it includes, so that it can be replayed without
// this file.
module attributes {transform.with_named_sequence} {

  // One parallel loop nest that workgroups share; what the op reads is computed inside.

  transform.named_sequence @mlopt_distribute_2(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op) {
    %tiled, %loop = transform.structured.fuse %op tile_sizes [%s0, %s1] use_forall : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    %workgroups = transform.param.constant [#iree_codegen.workgroup_mapping<y>, #iree_codegen.workgroup_mapping<x>] -> !transform.any_param
    transform.annotate %loop "mapping" = %workgroups : !transform.any_op, !transform.any_param
    transform.yield %tiled, %loop : !transform.any_op, !transform.any_op
  }

  transform.named_sequence @mlopt_distribute_3(%op: !transform.any_op {transform.consumed}, %s0: !transform.param<i64> {transform.readonly}, %s1: !transform.param<i64> {transform.readonly}, %s2: !transform.param<i64> {transform.readonly}) -> (!transform.any_op, !transform.any_op) {
    %tiled, %loop = transform.structured.fuse %op tile_sizes [%s0, %s1, %s2] use_forall : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    %workgroups = transform.param.constant [#iree_codegen.workgroup_mapping<z>, #iree_codegen.workgroup_mapping<y>, #iree_codegen.workgroup_mapping<x>] -> !transform.any_param
    transform.annotate %loop "mapping" = %workgroups : !transform.any_op, !transform.any_param
    transform.yield %tiled, %loop : !transform.any_op, !transform.any_op
  }

  // Turn what is tiled into vector code; what no vector divides is masked. Cancelling
  // slices of slices keeps accumulators in registers over the k loop.
  transform.named_sequence @mlopt_vectorize(%func: !transform.any_op {transform.consumed}) -> !transform.any_op {
    %0 = transform.apply_registered_pass "canonicalize" to %func : (!transform.any_op) -> !transform.any_op
    %1 = transform.apply_registered_pass "cse" to %0 : (!transform.any_op) -> !transform.any_op
    %2 = transform.apply_registered_pass "iree-codegen-generic-vectorization" with options = {"enable-vector-masking" = true} to %1 : (!transform.any_op) -> !transform.any_op
    %3 = transform.apply_registered_pass "iree-codegen-optimize-tensor-insert-extract-slices" to %2 : (!transform.any_op) -> !transform.any_op
    %4 = transform.apply_registered_pass "canonicalize" to %3 : (!transform.any_op) -> !transform.any_op
    %5 = transform.apply_registered_pass "cse" to %4 : (!transform.any_op) -> !transform.any_op
    transform.yield %5 : !transform.any_op
  }

  // Tensors become buffers, by IREE's own pipeline. Copies that only this makes explicit
  // are vectorized after it: element by element they cost a third of a packed matmul's
  // time.
  transform.named_sequence @mlopt_cpu_bufferize(%func: !transform.any_op {transform.consumed}) -> !transform.any_op {
    %0 = transform.apply_registered_pass "iree-codegen-llvmcpu-bufferization-pipeline" to %func : (!transform.any_op) -> !transform.any_op
    %1 = transform.apply_registered_pass "iree-codegen-generic-vectorization" to %0 : (!transform.any_op) -> !transform.any_op
    %2 = transform.apply_registered_pass "iree-codegen-remove-single-iteration-loop" to %1 : (!transform.any_op) -> !transform.any_op
    transform.yield %2 : !transform.any_op
  }

  // Vectors become those of the machine, by IREE's own pipeline.
  transform.named_sequence @mlopt_cpu_lower_vectors(%func: !transform.any_op {transform.consumed}) -> !transform.any_op {
    %0 = transform.apply_registered_pass "iree-codegen-llvmcpu-vector-lowering-pipeline" to %func : (!transform.any_op) -> !transform.any_op
    transform.yield %0 : !transform.any_op
  }

  // From tiled linalg on tensors to machine vectors on buffers: how every schedule ends.
  transform.named_sequence @mlopt_cpu_tail(%func: !transform.any_op {transform.consumed}) -> !transform.any_op {
    %0 = transform.include @mlopt_vectorize failures(propagate) (%func) : (!transform.any_op) -> !transform.any_op
    %1 = transform.include @mlopt_cpu_bufferize failures(propagate) (%0) : (!transform.any_op) -> !transform.any_op
    %2 = transform.include @mlopt_cpu_lower_vectors failures(propagate) (%1) : (!transform.any_op) -> !transform.any_op
    transform.yield %2 : !transform.any_op
  }
}
