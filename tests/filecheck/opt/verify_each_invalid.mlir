// An mlopt operation that does not exist is an error unless nobody verifies.
// RUN: ! mlopt-opt %s 2> %t.err
// RUN: filecheck %s < %t.err
// RUN: mlopt-opt %s --verify-each=false --cse | filecheck %s --check-prefix=UNVERIFIED

// CHECK: verify_each_invalid.mlir:9:3: error: {{.*}}no_such_operation
// UNVERIFIED: "mlopt.no_such_operation"
func.func @f() {
  "mlopt.no_such_operation"() : () -> ()
  return
}
