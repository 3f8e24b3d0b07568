// A pass that fails says where and why, and the document has no output.
// RUN: ! mlopt-opt %s --mlopt-import > %t.out 2> %t.err
// RUN: filecheck %s < %t.err
// RUN: ! mlopt-opt %s --iree-stablehlo-input-transformation-pipeline > %t.out 2> %t.err
// RUN: filecheck %s < %t.err
// RUN: test ! -s %t.out
// RUN: mlopt-opt %s --iree-stablehlo-input-transformation-pipeline --verify-diagnostics

// CHECK: import_invalid.mlir:12:8: error:
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{failed to legalize operation 'stablehlo.custom_call'}}
  %0 = stablehlo.custom_call @nobody(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
