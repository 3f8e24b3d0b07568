// The runtime refuses in an orderly way.
util.func public @main(%lhs: tensor<32x64xf32>, %rhs: tensor<64x32xf32>) -> tensor<32x32xf32> {
  %no = arith.constant false
  %false = util.optimization_barrier %no : i1
  cf.assert %false, "refused at run time"
  %out = arith.constant dense<0.0> : tensor<32x32xf32>
  util.return %out : tensor<32x32xf32>
}
