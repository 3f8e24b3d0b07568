// Flags run in their order, and a pipeline in its own, ours between the compiler's.
// RUN: mlopt-opt %s -cse --mlopt-verify --canonicalize="top-down=false max-iterations=3" --symbol-dce --dump-pass-pipeline 2>&1 > %t.out | filecheck %s
// RUN: mlopt-opt %s --canonicalize{max-iterations=7} --dump-pass-pipeline 2>&1 > %t.out | filecheck %s --check-prefix=BRACES
// RUN: mlopt-opt %s --pass-pipeline='builtin.module(symbol-dce, mlopt-verify, func.func(cse,canonicalize))' --dump-pass-pipeline 2>&1 > %t.out | filecheck %s --check-prefix=TEXT
// RUN: mlopt-opt %s --iree-llvmcpu-tile --affine-loop-unroll | filecheck %s --check-prefix=NESTED

// CHECK: Pass Manager with 4 passes:
// CHECK: cse
// CHECK-NEXT: mlopt-verify
// CHECK-NEXT: canonicalize{{{.*}}max-iterations=3{{.*}}top-down=false}
// CHECK-NEXT: symbol-dce

// BRACES: canonicalize{{{.*}}max-iterations=7

// TEXT: symbol-dce
// TEXT-NEXT: mlopt-verify
// TEXT-NEXT: func.func(cse{{.*}},canonicalize

// NESTED: func.func @empty
func.func @empty() {
  return
}
