// Generic form, locations, timing and the list of dialects.
// RUN: mlopt-opt %s --mlir-print-op-generic | filecheck %s --check-prefix=GENERIC
// RUN: mlopt-opt %s --mlir-print-debuginfo | filecheck %s --check-prefix=WHERE
// RUN: mlopt-opt %s --cse --mlir-timing 2>&1 > %t.out | filecheck %s --check-prefix=TIMING
// RUN: mlopt-opt --show-dialects | filecheck %s --check-prefix=DIALECTS

// GENERIC: "func.return"() : () -> ()
// WHERE: printing.mlir":
// TIMING: Execution time report
// TIMING: CSE
// DIALECTS: Available Dialects: {{.*}}arith{{.*}}, mlopt, {{.*}}stablehlo
func.func @f() {
  return
}
