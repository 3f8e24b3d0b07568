// A file of spaces that is not there, and one that is wrong.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition -o %t.mlir
// RUN: not mlopt-opt %t.mlir --mlopt-space="file=%t.none" 2>&1 | filecheck %s --check-prefix=NONE
// RUN: not mlopt-opt %t.mlir --mlopt-space="file=%s" 2>&1 | filecheck %s --check-prefix=WRONG

// NONE: cannot be read as a file of spaces
// WRONG: space_invalid.mlir:{{[0-9]+}}:{{[0-9]+}}: error: 'mlopt.space' expects
"mlopt.space"() ({
  "transform.yield"() : () -> ()
}) {sym_name = "no_kind"} : () -> ()
