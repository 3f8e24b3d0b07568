// Steps of CPU schedules that every kernel shares. A schedule holds a copy of the
// sequences it includes, so that it can be replayed without this file.
module attributes {transform.with_named_sequence} {

  // Fold what tiling left behind. Without it the result tile stays a slice of the
  // whole output, and bufferization puts a full-size copy on the stack.
  transform.named_sequence @mlopt_clean_tiled(%func: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %func {
      transform.apply_patterns.linalg.tiling_canonicalization
      transform.apply_patterns.tensor.fold_tensor_empty
      transform.apply_patterns.canonicalization
    } : !transform.any_op
    transform.apply_cse to %func : !transform.any_op
    transform.yield
  }

  // Move what a loop repeats without change out of it, and merge equal copies: the
  // panel that all rows of a tile read is then copied once.
  transform.named_sequence @mlopt_hoist_invariants(%func: !transform.any_op {transform.readonly}) {
    %loops = transform.structured.match ops{["scf.for"]} in %func : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %loops : !transform.any_op
    transform.apply_cse to %func : !transform.any_op
    transform.yield
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
