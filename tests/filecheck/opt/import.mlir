// mlopt-import lowers StableHLO in place, and its result meets later passes.
// RUN: mlopt-opt %s --mlopt-import --cse | filecheck %s
// RUN: mlopt-opt %s --pass-pipeline='builtin.module(mlopt-import,func.func(cse))' | filecheck %s

// CHECK: @add
// CHECK-NOT: stablehlo
// CHECK: linalg.generic
func.func @add(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.add %x, %y : tensor<4xf32>
  return %0 : tensor<4xf32>
}
