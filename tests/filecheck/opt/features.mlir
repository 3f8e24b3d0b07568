// A line of JSON for each workload goes to stderr; stdout carries the IR, unchanged.
//
// RUN: mlopt-opt %S/Inputs/dense.mlir --mlopt-partition -o %t.mlir
// RUN: mlopt-opt %t.mlir --mlopt-features 2> %t.json | diff - %t.mlir
// RUN: filecheck %s --input-file %t.json
// RUN: %python -c "import json, sys; [json.loads(l) for l in open(sys.argv[1])]" %t.json

// CHECK: {"workload": "{{[0-9a-f]+}}", "name": "dense_dispatch_0_matmul_64x96x128_f32", "kind": "contraction"
// CHECK-SAME: "flops": 1585152.0
// CHECK-SAME: "vector": [
