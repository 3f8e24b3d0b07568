// Reads a row far outside of its input; nothing checks the bounds.
util.func public @main(%lhs: tensor<32x64xf32>, %rhs: tensor<64x32xf32>) -> tensor<32x32xf32> {
  %far = arith.constant 4611686018427387 : index
  %row = util.optimization_barrier %far : index
  %empty = tensor.empty() : tensor<32x32xf32>
  %out = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} outs(%empty : tensor<32x32xf32>) {
  ^bb0(%old: f32):
    %column = linalg.index 1 : index
    %value = tensor.extract %lhs[%row, %column] : tensor<32x64xf32>
    linalg.yield %value : f32
  } -> tensor<32x32xf32>
  util.return %out : tensor<32x32xf32>
}
