// Unknown passes and options are bad usage.
// RUN: ! mlopt-opt %s --no-such-pass 2> %t.err
// RUN: filecheck %s < %t.err
// RUN: ! mlopt-opt %s --pass-pipeline='builtin.module(func.func(no-such-pass))' 2> %t.err
// RUN: filecheck %s --check-prefix=PIPELINE < %t.err
// RUN: ! mlopt-opt %s --canonicalize=nonsense=1 2> %t.err
// RUN: filecheck %s --check-prefix=OPTION < %t.err
// RUN: ! mlopt-opt %s --mlopt-verify=nonsense=1 2> %t.err
// RUN: filecheck %s --check-prefix=OWN < %t.err

// CHECK: mlopt-opt: error: Unknown command line argument '--no-such-pass'
// PIPELINE: mlopt-opt: error: {{.*}}'no-such-pass' does not refer to a registered pass
// OPTION: mlopt-opt: error: {{.*}}no such option nonsense
// OWN: mlopt-opt: error: mlopt-verify: no such option nonsense
