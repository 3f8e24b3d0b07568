// Schedules of workloads that are not there, in spaces that are not there, and with
// decisions that the space does not offer.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space --mlopt-decide=dist_m=32 -o %t.mlir
// RUN: sed 's/workload = "[0-9a-f]*"}/workload = "0000"}/' %t.mlir > %t.workload.mlir
// RUN: not mlopt-opt %t.workload.mlir --mlopt-lower-schedule 2>&1 | filecheck %s --check-prefix=WORKLOAD
// RUN: sed 's/dist_m = 32 : i64/dist_m = 31 : i64/' %t.mlir > %t.value.mlir
// RUN: not mlopt-opt %t.value.mlir --mlopt-lower-schedule 2>&1 | filecheck %s --check-prefix=VALUE
// RUN: sed 's/dist_m = 32 : i64/dist_m = 3.2 : f32/' %t.mlir > %t.type.mlir
// RUN: not mlopt-opt %t.type.mlir --mlopt-lower-schedule 2>&1 | filecheck %s --check-prefix=TYPE

// RUN: grep -v flow.executable %t.mlir | grep '"mlopt.schedule"' | not mlopt-opt --mlopt-lower-schedule 2>&1 | filecheck %s --check-prefix=NOWHERE

// NOWHERE: error: the module has no workloads: run mlopt-partition first
// WORKLOAD: error: the module holds no workload '0000'
// VALUE: error: space packed.contraction does not offer dist_m = 31
// TYPE: is no decision: a number, a truth or a word is
