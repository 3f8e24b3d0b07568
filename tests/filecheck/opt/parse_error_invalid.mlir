// A diagnostic has file, line and column, shows the line, and leaves stdout empty.
// RUN: ! mlopt-opt %s > %t.out 2> %t.err
// RUN: filecheck %s < %t.err
// RUN: test ! -s %t.out

// CHECK: parse_error_invalid.mlir:11:14: error: use of undeclared SSA value name
// CHECK-NEXT: arith.addf %y, %y
// CHECK-NEXT: ^
func.func @f(%x: f32) {
  // The column is that of the operand.
  arith.addf %y, %y : f32
  return
}
