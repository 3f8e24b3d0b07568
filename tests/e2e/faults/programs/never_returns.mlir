// An endless loop between dispatches.
util.func public @main(%lhs: tensor<32x64xf32>, %rhs: tensor<64x32xf32>) -> tensor<32x32xf32> {
  %always = arith.constant true
  %empty = tensor.empty() : tensor<32x32xf32>
  %out = scf.while (%value = %empty) : (tensor<32x32xf32>) -> tensor<32x32xf32> {
    scf.condition(%always) %value : tensor<32x32xf32>
  } do {
  ^bb0(%value: tensor<32x32xf32>):
    %hidden = util.optimization_barrier %value : tensor<32x32xf32>
    scf.yield %hidden : tensor<32x32xf32>
  }
  util.return %out : tensor<32x32xf32>
}
