// Operations nobody knows are refused with mlir-opt's words, also beside mlopt's own.
// RUN: ! mlopt-opt %s 2> %t.err
// RUN: filecheck %s < %t.err
// RUN: mlopt-opt %s --allow-unregistered-dialect | filecheck %s --check-prefix=ALLOWED

// CHECK: error: {{.*}}unregistered dialect. If this is intended, please use -allow-unregistered-dialect
// ALLOWED: "foo.bar"
func.func @f() {
  "foo.bar"() : () -> ()
  return
}
