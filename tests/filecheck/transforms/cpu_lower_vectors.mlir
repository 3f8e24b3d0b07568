// A contraction of vectors becomes multiplications and additions of the machine's rows.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --pass-pipeline='builtin.module(func.func(iree-transform-dialect-interpreter{library-file-name=%S/../../../transforms/cpu.mlir entry-point=mlopt_cpu_lower_vectors}))' | filecheck %s --check-prefix=AFTER

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>

// BEFORE-LABEL: func.func @rank_one
// BEFORE: vector.contract

// AFTER-LABEL: func.func @rank_one
// AFTER-NOT: vector.contract
// AFTER: vector.fma {{.*}} : vector<8xf32>
// AFTER-NOT: vector.contract
func.func @rank_one(%x: vector<2x1xf32>, %y: vector<1x8xf32>, %acc: vector<2x8xf32>) -> vector<2x8xf32> {
  %r = vector.contract {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>}
    %x, %y, %acc : vector<2x1xf32>, vector<1x8xf32> into vector<2x8xf32>
  return %r : vector<2x8xf32>
}
