// What is printed, read again, is printed the same.
// RUN: mlopt-opt %s > %t.once && mlopt-opt %t.once > %t.twice && diff %t.once %t.twice
// RUN: iree-opt %s | diff - %t.once
// RUN: filecheck %s < %t.once

// CHECK: func.func @sum(%[[X:.*]]: tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: arith.addf %[[X]], %[[X]] : tensor<4xf32>
func.func @sum(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = arith.addf %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
