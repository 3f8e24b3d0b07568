// Each part is a module of its own; one that fails costs only itself and the exit code.
// RUN: ! mlopt-opt %s --split-input-file > %t.out 2> %t.err
// RUN: filecheck %s < %t.out
// RUN: filecheck %s --check-prefix=ERR < %t.err
// RUN: ! iree-opt %s --split-input-file > %t.iree 2> %t.iree.err
// RUN: diff %t.iree %t.out

// CHECK: func.func @same
// CHECK: // {{-----}}
// CHECK-NOT: @broken
// CHECK: // {{-----}}
// CHECK: func.func @same
func.func @same() {
  return
}
// -----
// The line is counted from the top of the file.
// ERR: split_input_file.mlir:20:3: error: custom op 'retur' is unknown
func.func @broken() {
  retur
}
// -----
func.func @same() {
  return
}
