// Bytecode out and bytecode in, the same module.
// RUN: mlopt-opt %s --emit-bytecode -o %t.mlirbc
// RUN: mlopt-opt %s > %t.mlir
// RUN: mlopt-opt %t.mlirbc | diff - %t.mlir
// RUN: head -c 2 %t.mlirbc | filecheck %s

// CHECK: ML
func.func @kept(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  return %0 : tensor<4xf32>
}
