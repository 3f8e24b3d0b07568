// Dumps go to stderr, around the compiler's passes and ours alike; stdout has IR only.
// RUN: mlopt-opt %s --cse --mlopt-verify --mlir-print-ir-after-all 2> %t.after | filecheck %s
// RUN: filecheck %s --check-prefix=AFTER < %t.after
// RUN: mlopt-opt %s --cse --mlopt-verify --mlir-print-ir-before-all 2>&1 > %t.out | filecheck %s --check-prefix=BEFORE

// CHECK-NOT: IR Dump
// CHECK: math.exp
// CHECK-NOT: math.exp

// AFTER: IR Dump After CSE
// AFTER: math.exp
// AFTER-NOT: math.exp
// AFTER: IR Dump After mlopt-verify
// AFTER: math.exp

// BEFORE: IR Dump Before CSE
// BEFORE-COUNT-2: math.exp
// BEFORE: IR Dump Before mlopt-verify
func.func @twice(%x: f32) -> f32 {
  %a = math.exp %x : f32
  %b = math.exp %x : f32
  %c = arith.addf %a, %b : f32
  return %c : f32
}
