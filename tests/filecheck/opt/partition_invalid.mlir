// What IREE cannot take is an error at the operation, not a crash.
//
// RUN: mlopt-opt %s --verify-diagnostics --mlopt-partition

module {
  func.func @refused(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error@+1 {{failed to legalize operation 'stablehlo.custom_call'}}
    %0 = stablehlo.custom_call @somebody_else(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
