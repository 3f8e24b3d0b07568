// The verifier alone, where the tool's own checks are off.
//
// RUN: mlopt-opt %s --verify-each=false
// RUN: mlopt-opt %s --verify-each=false --mlopt-verify --verify-diagnostics

// expected-error@+1 {{the mlopt dialect has no operation 'mlopt.nothing'}}
"mlopt.nothing"() : () -> ()
