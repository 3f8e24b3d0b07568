// What is tiled becomes vectors, still on tensors; a tile that no vector fills is masked.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --pass-pipeline='builtin.module(func.func(iree-transform-dialect-interpreter{library-file-name=%S/../../../transforms/cpu.mlir entry-point=mlopt_vectorize}))' | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @tile
// BEFORE: linalg.generic

// AFTER-LABEL: func.func @tile
// AFTER-NOT: linalg.generic
// AFTER: vector.transfer_read {{.*}} : tensor<4x8xf32>, vector<4x8xf32>
// AFTER: math.exp {{.*}} : vector<4x8xf32>
// AFTER: vector.transfer_write
#d2 = affine_map<(i, j) -> (i, j)>
func.func @tile(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %r = linalg.generic {indexing_maps = [#d2, #d2], iterator_types = ["parallel", "parallel"], tag = "exp"}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) {
    ^bb0(%in: f32, %old: f32):
      %v = math.exp %in : f32
      linalg.yield %v : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}
