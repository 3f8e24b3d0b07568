// A tiled matmul on tensors becomes vector code on buffers: nothing of linalg or of
// tensors is left, the accumulator stays in registers over the k loop, and the result
// is written once.
//
// Without --mlir-disable-threading IREE deadlocks when two functions load one library.
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --pass-pipeline='builtin.module(func.func(iree-transform-dialect-interpreter{library-file-name=%S/../../../transforms/cpu.mlir entry-point=mlopt_cpu_tail}))' | filecheck %s --check-prefix=AFTER

#layout = #hal.pipeline.layout<bindings = [
  #hal.pipeline.binding<storage_buffer>,
  #hal.pipeline.binding<storage_buffer>,
  #hal.pipeline.binding<storage_buffer>]>

// BEFORE-LABEL: func.func @register_tile
// BEFORE: linalg.matmul

// AFTER-LABEL: func.func @register_tile
// AFTER-NOT: linalg.
// AFTER-NOT: tensor.
// AFTER: scf.for {{.*}} iter_args({{.*}}) -> (vector<4x8xf32>)
// AFTER: vector.load
// AFTER: vector.fma {{.*}} : vector<8xf32>
// AFTER: scf.yield {{.*}} : vector<4x8xf32>
// AFTER: vector.store
// AFTER-NOT: linalg.
// AFTER-NOT: tensor<
func.func @register_tile() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant 0.0 : f32
  %a = hal.interface.binding.subspan layout(#layout) binding(0) offset(%c0)
    : !iree_tensor_ext.dispatch.tensor<readonly:tensor<4x64xf32>>
  %b = hal.interface.binding.subspan layout(#layout) binding(1) offset(%c0)
    : !iree_tensor_ext.dispatch.tensor<readonly:tensor<64x8xf32>>
  %c = hal.interface.binding.subspan layout(#layout) binding(2) offset(%c0)
    : !iree_tensor_ext.dispatch.tensor<writeonly:tensor<4x8xf32>>
  %lhs = iree_tensor_ext.dispatch.tensor.load %a, offsets = [0, 0], sizes = [4, 64], strides = [1, 1]
    : !iree_tensor_ext.dispatch.tensor<readonly:tensor<4x64xf32>> -> tensor<4x64xf32>
  %rhs = iree_tensor_ext.dispatch.tensor.load %b, offsets = [0, 0], sizes = [64, 8], strides = [1, 1]
    : !iree_tensor_ext.dispatch.tensor<readonly:tensor<64x8xf32>> -> tensor<64x8xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x8xf32>) -> tensor<4x8xf32>
  %result = scf.for %k = %c0 to %c64 step %c1 iter_args(%acc = %init) -> (tensor<4x8xf32>) {
    %column = tensor.extract_slice %lhs[0, %k] [4, 1] [1, 1]
      : tensor<4x64xf32> to tensor<4x1xf32>
    %row = tensor.extract_slice %rhs[%k, 0] [1, 8] [1, 1]
      : tensor<64x8xf32> to tensor<1x8xf32>
    %product = linalg.matmul ins(%column, %row : tensor<4x1xf32>, tensor<1x8xf32>)
      outs(%acc : tensor<4x8xf32>) -> tensor<4x8xf32>
    scf.yield %product : tensor<4x8xf32>
  }
  iree_tensor_ext.dispatch.tensor.store %result, %c, offsets = [0, 0], sizes = [4, 8], strides = [1, 1]
    : tensor<4x8xf32> -> !iree_tensor_ext.dispatch.tensor<writeonly:tensor<4x8xf32>>
  return
}
