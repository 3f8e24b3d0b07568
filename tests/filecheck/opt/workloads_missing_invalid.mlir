// Passes that work on workloads say so where there are none.
//
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics --mlopt-features
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics --mlopt-space
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics --mlopt-sample
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics --mlopt-decide=dist_m=64

// expected-error@+1 {{the module has no workloads: run mlopt-partition first}}
module {
  func.func @plain() {
    return
  }
}
