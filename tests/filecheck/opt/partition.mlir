// A program becomes its workloads; a second time changes nothing, and a stock compiler
// goes on from there.
//
// RUN: mlopt-opt %s --mlopt-partition -o %t.mlir
// RUN: filecheck %s --input-file %t.mlir
// RUN: mlopt-opt %t.mlir --pass-pipeline='builtin.module(mlopt-partition)' | diff - %t.mlir
// RUN: mlopt-opt %s --mlopt-import --canonicalize --mlopt-partition | diff - %t.mlir
// RUN: iree-compile --compile-from=flow %t.mlir -o %t.vmfb

// CHECK: flow.executable private @dense_dispatch_0
// CHECK-SAME: mlopt.features = {bytes = 106496 : i64
// CHECK-SAME: num_epilogue_ops = 1 : i64
// CHECK-SAME: mlopt.kind = "contraction"
// CHECK-SAME: mlopt.root = 1 : i64
// CHECK-SAME: mlopt.workload = "{{[0-9a-f]+}}"
// CHECK: linalg.fill
// CHECK: linalg.matmul
// CHECK: flow.executable private @dense_dispatch_1
// CHECK-SAME: mlopt.kind = "reduction"
// CHECK: flow.dispatch @dense_dispatch_0
func.func @dense(%x: tensor<64x128xf32>, %w: tensor<128x96xf32>) -> (tensor<64x96xf32>, tensor<64xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0]
    : (tensor<64x128xf32>, tensor<128x96xf32>) -> tensor<64x96xf32>
  %1 = stablehlo.tanh %0 : tensor<64x96xf32>
  %2 = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [1]
    : (tensor<64x128xf32>, tensor<f32>) -> tensor<64xf32>
  return %1, %2 : tensor<64x96xf32>, tensor<64xf32>
}
