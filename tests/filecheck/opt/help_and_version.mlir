// What needs no input, and flags that change no output.
//
// RUN: mlopt-opt --help | filecheck %s --check-prefix=HELP
// RUN: mlopt-opt --version | filecheck %s --check-prefix=VERSION
// RUN: mlopt-opt %s --mlir-disable-threading --mlopt-timeout=60 | filecheck %s
// RUN: not mlopt-opt %s --mlopt-timeout=never 2>&1 | filecheck %s --check-prefix=TIMEOUT
// RUN: mlopt-opt %s --mlopt-verify --mlir-timing 2>&1 > %t.out | filecheck %s --check-prefix=TIMING

// HELP: Usage: mlopt-opt [flags] [FILE]
// HELP: --split-input-file
// HELP: --mlopt-lower-schedule
// VERSION: mlopt {{[0-9]}}
// VERSION: jax {{[0-9]}}
// VERSION: iree-compiler 3.13.0
// VERSION: llvm
// CHECK: func.func private @nothing()
// TIMEOUT: error: --mlopt-timeout: 'never' is no number of seconds above 0
// TIMING: (100.0%)  mlopt-verify
func.func private @nothing()
