// A schedule in a space that is not there, and one whose speedup is no number.
//
// RUN: mlopt-opt %s --split-input-file --verify-diagnostics

"mlopt.space"() ({
  "transform.yield"() : () -> ()
}) {sym_name = "small", kind = "any", target = "llvm-cpu", version = "1"} : () -> ()
// expected-error@+1 {{there is no space 'large' in the module}}
"mlopt.schedule"() {space = @large, workload = "00", decisions = {}, speedup = 1.0 : f64, provenance = "p"} : () -> ()

// -----

// expected-error@+1 {{attribute 'speedup' of 'mlopt.schedule' must be a #builtin.float, not "fast"}}
"mlopt.schedule"() {space = @small, workload = "00", decisions = {}, speedup = "fast", provenance = "p"} : () -> ()
