// A schedule becomes named sequences: a short list of includes. Nothing of the mlopt
// dialect is left, and a stock iree-opt takes it.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space --mlopt-decide="dist_m=32 dist_n=32 block_k=64 rows=4 columns=16 unroll_k=4 copy_rhs=panel" -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-lower-schedule -o %t.lowered.mlir
// RUN: filecheck %s --input-file %t.lowered.mlir
// RUN: iree-opt %t.lowered.mlir > /dev/null
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space --mlopt-decide="space=configured.contraction dist0=32 vec0=8" --mlopt-lower-schedule | filecheck %s --check-prefix=CONFIGURED

// CHECK: linalg.matmul
// CHECK-NOT: "mlopt.
// CHECK: module @schedule_{{[0-9a-f]+}} attributes {transform.with_named_sequence}
// CHECK: transform.named_sequence @kernel_
// CHECK: transform.param.constant 32 : i64
// CHECK: transform.include @mlopt_distribute_2
// CHECK: transform.include @mlopt_clean_tiled
// CHECK: transform.param.constant 64 : i64
// CHECK: transform.include @mlopt_tile_3 failures
// CHECK: transform.include @mlopt_tile_2_by_10
// CHECK: transform.include @mlopt_copy_rhs
// CHECK: transform.include @mlopt_hoist_invariants
// CHECK: transform.loop.unroll
// CHECK: transform.include @mlopt_cpu_tail
// CHECK: transform.named_sequence @annotate_
// CHECK: transform.named_sequence @__transform_main

// CONFIGURED: distribution = [32,
// CONFIGURED: vector_common_parallel = [8,
// CONFIGURED: transform.named_sequence @annotate_
// CONFIGURED-NOT: transform.named_sequence @kernel_
