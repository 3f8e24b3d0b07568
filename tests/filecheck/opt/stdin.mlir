// Input is stdin where no file is named; output goes to the file of -o.
// RUN: cat %s | mlopt-opt | filecheck %s
// RUN: cat %s | mlopt-opt - -o %t.mlir | filecheck %s --check-prefix=NOTHING --allow-empty
// RUN: filecheck %s < %t.mlir
// RUN: echo "oops" > %t.oops
// RUN: ! mlopt-opt < %t.oops 2> %t.err
// RUN: filecheck %s --check-prefix=NAME < %t.err

// CHECK: func.func @piped
// NOTHING-NOT: func.func
// NAME: <stdin>:1:1: error:
func.func @piped() {
  return
}
