// Tensors become buffers, and a copy that only this makes explicit is vector code too.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --pass-pipeline='builtin.module(func.func(iree-transform-dialect-interpreter{library-file-name=%S/../../../transforms/cpu.mlir entry-point=mlopt_cpu_bufferize}))' | filecheck %s --check-prefix=AFTER

#layout = #hal.pipeline.layout<bindings = [
  #hal.pipeline.binding<storage_buffer>,
  #hal.pipeline.binding<storage_buffer>]>

// BEFORE-LABEL: func.func @doubled
// BEFORE: vector.transfer_read {{.*}} : tensor<8xf32>
// BEFORE-NOT: memref<

// AFTER-LABEL: func.func @doubled
// AFTER-NOT: tensor<
// AFTER: vector.transfer_read {{.*}} : memref<8xf32
// AFTER: arith.addf {{.*}} : vector<8xf32>
// AFTER: vector.transfer_write {{.*}} memref<8xf32
// AFTER-NOT: tensor<
func.func @doubled() {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %a = hal.interface.binding.subspan layout(#layout) binding(0) offset(%c0)
    : !iree_tensor_ext.dispatch.tensor<readonly:tensor<8xf32>>
  %b = hal.interface.binding.subspan layout(#layout) binding(1) offset(%c0)
    : !iree_tensor_ext.dispatch.tensor<writeonly:tensor<8xf32>>
  %x = iree_tensor_ext.dispatch.tensor.load %a, offsets = [0], sizes = [8], strides = [1]
    : !iree_tensor_ext.dispatch.tensor<readonly:tensor<8xf32>> -> tensor<8xf32>
  %empty = tensor.empty() : tensor<8xf32>
  %v = vector.transfer_read %x[%c0], %zero {in_bounds = [true]} : tensor<8xf32>, vector<8xf32>
  %sum = arith.addf %v, %v : vector<8xf32>
  %r = vector.transfer_write %sum, %empty[%c0] {in_bounds = [true]} : vector<8xf32>, tensor<8xf32>
  iree_tensor_ext.dispatch.tensor.store %r, %b, offsets = [0], sizes = [8], strides = [1]
    : tensor<8xf32> -> !iree_tensor_ext.dispatch.tensor<writeonly:tensor<8xf32>>
  return
}
