// Canonical forms after tiling: an empty tensor is created at the size of its tile,
// dead and repeated ops are gone.
//
// Without --mlir-disable-threading IREE deadlocks when two functions load one library.
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --pass-pipeline='builtin.module(func.func(iree-transform-dialect-interpreter{library-file-name=%S/../../../transforms/tiling.mlir entry-point=mlopt_clean_tiled}))' | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @fill_tiles
// BEFORE: tensor.empty() : tensor<64x96xf32>
// BEFORE: scf.forall
// BEFORE: tensor.extract_slice
// BEFORE: linalg.fill

// AFTER-LABEL: func.func @fill_tiles
// AFTER: scf.forall
// AFTER-NOT: tensor.extract_slice
// AFTER: %[[TILE:.*]] = tensor.empty() : tensor<16x32xf32>
// AFTER-NEXT: linalg.fill ins(%{{.*}}) outs(%[[TILE]] : tensor<16x32xf32>)
// AFTER-NOT: tensor.extract_slice
func.func @fill_tiles(%out: tensor<64x96xf32>) -> tensor<64x96xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x96xf32>
  %result = scf.forall (%i, %j) = (0, 0) to (64, 96) step (16, 32)
      shared_outs(%shared = %out) -> (tensor<64x96xf32>) {
    %tile = tensor.extract_slice %empty[%i, %j] [16, 32] [1, 1]
      : tensor<64x96xf32> to tensor<16x32xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%tile : tensor<16x32xf32>)
      -> tensor<16x32xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %fill into %shared[%i, %j] [16, 32] [1, 1]
        : tensor<16x32xf32> into tensor<64x96xf32>
    }
  }
  return %result : tensor<64x96xf32>
}

// Equal values are computed once, unused ones not at all.
// BEFORE-LABEL: func.func @repeated
// BEFORE-COUNT-3: math.exp

// AFTER-LABEL: func.func @repeated
// AFTER: %[[ONCE:.*]] = math.exp
// AFTER-NOT: math.exp
// AFTER: arith.addf %[[ONCE]], %[[ONCE]]
func.func @repeated(%x: f32, %y: f32) -> f32 {
  %a = math.exp %x : f32
  %b = math.exp %x : f32
  %unused = math.exp %y : f32
  %sum = arith.addf %a, %b : f32
  return %sum : f32
}
