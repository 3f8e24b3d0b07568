// A file that does not fit is refused before anything is changed.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition -o %t.mlir
// RUN: not mlopt-opt %t.mlir --mlopt-apply-schedule 2>&1 | filecheck %s --check-prefix=NOFILE
// RUN: not mlopt-opt %t.mlir --mlopt-apply-schedule=file=%t.none 2>&1 | filecheck %s --check-prefix=NONE
// RUN: not mlopt-opt %t.mlir --mlopt-apply-schedule=file=%S/Inputs/own_space.mlir 2>&1 | filecheck %s --check-prefix=EMPTY
// RUN: mlopt-opt %t.mlir --mlopt-space --mlopt-decide=dist_m=32 -o %t.schedules.mlir
// RUN: sed 's/64x128/32x128/g; s/64x96/32x96/g' %S/Inputs/dense.mlir | mlopt-opt --mlopt-partition -o %t.other.mlir
// RUN: not mlopt-opt %t.other.mlir --mlopt-apply-schedule=file=%t.schedules.mlir 2>&1 | filecheck %s --check-prefix=OTHER
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition=options=O2 -o %t.o2.mlir
// RUN: not mlopt-opt %t.o2.mlir --mlopt-apply-schedule=file=%t.schedules.mlir 2>&1 | filecheck %s --check-prefix=OPTIONS

// NOFILE: error: mlopt-apply-schedule needs a file of schedules
// NONE: cannot be read: No such file or directory
// EMPTY: own_space.mlir holds no schedule
// OPTIONS: found under the option set 'default', and the program was partitioned under 'O2': use --mlopt-partition=options=default
// OTHER: error: the program holds no workload
