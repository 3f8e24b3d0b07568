// Every form of expectation, and all of them met: success, although nothing parses.
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics 2> %t.err
// RUN: filecheck %s --allow-empty < %t.err
// CHECK-NOT: error

func.func @next() {
  // expected-error@+1 {{custom op 'retur' is unknown}}
  retur
}
// -----
func.func @before() {
  retur
  // expected-error@-1 {{is unknown}}
}
// -----
func.func @here() {
  retur // expected-error {{is unknown}}
}
// -----
func.func @above() {
  retur
  // expected-error@above {{is unknown}}
}
// -----
func.func @below_with_note() {
  // expected-error@below {{Dialect `foo' not found}}
  // expected-note-re@below {{Available {{[a-z]+}}: affine}}
  foo.bar
}
