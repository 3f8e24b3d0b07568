// Right in shape, wrong in every element.
util.func public @main(%lhs: tensor<32x64xf32>, %rhs: tensor<64x32xf32>) -> tensor<32x32xf32> {
  %out = arith.constant dense<0.0> : tensor<32x32xf32>
  util.return %out : tensor<32x32xf32>
}
