// With the facts of one machine, so that spaces do not depend on where the test runs.
module attributes {mlopt.target = {
    kind = "llvm-cpu", num_cores = 2 : i64, vector_bytes = 32 : i64,
    l1d_bytes = 32768 : i64, l2_bytes = 524288 : i64, l3_bytes = 33554432 : i64}} {
  func.func @dense(%x: tensor<64x128xf32>, %w: tensor<128x96xf32>) -> tensor<64x96xf32> {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0]
      : (tensor<64x128xf32>, tensor<128x96xf32>) -> tensor<64x96xf32>
    %1 = stablehlo.tanh %0 : tensor<64x96xf32>
    return %1 : tensor<64x96xf32>
  }
}
