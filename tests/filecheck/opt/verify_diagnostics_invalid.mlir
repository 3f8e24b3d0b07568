// What is expected and does not come fails, and so does what nobody expected.
// RUN: ! mlopt-opt %s --split-input-file --verify-diagnostics 2> %t.err
// RUN: filecheck %s < %t.err

// CHECK: verify_diagnostics_invalid.mlir:6:1: error: expected error "never said" was not produced
// expected-error@below {{never said}}
func.func @fine() {
  return
}
// -----
// CHECK: invalid.mlir:13:3: error: unexpected error: custom op 'retur' is unknown
func.func @unexpected() {
  retur
}
// -----
// CHECK: invalid.mlir:19:3: error: 'error' diagnostic emitted when expecting a 'warning'
func.func @wrong_kind() {
  // expected-warning@below {{custom op 'retur' is unknown}}
  retur
}
