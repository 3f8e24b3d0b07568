// Values that are not on offer, choices that nobody has, decisions that do not go
// together.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition --mlopt-space -o %t.mlir
// RUN: not mlopt-opt %t.mlir --mlopt-decide=dist_m=33 2>&1 | filecheck %s --check-prefix=VALUE
// RUN: not mlopt-opt %t.mlir --mlopt-decide=no_such_choice=1 2>&1 | filecheck %s --check-prefix=NAME
// RUN: not mlopt-opt %t.mlir --mlopt-decide="fused=true copy_rhs=block block_k=128" 2>&1 | filecheck %s --check-prefix=LEGAL

// VALUE: error: dist_m cannot be 33; on offer are 16, 32, 64
// NAME: error: no schedule or space here has these choices: no_such_choice
// LEGAL: error: the decisions are illegal: fused register tiles copy panels or nothing
