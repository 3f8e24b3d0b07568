// A convolution tiled to one pixel of its filter becomes a matrix product.
//
// RUN: iree-opt %s | filecheck %s --check-prefix=BEFORE
// RUN: iree-opt %s --mlir-disable-threading --transform-preload-library='transform-library-paths=%S/../../../transforms/tiling.mlir' --transform-interpreter | filecheck %s --check-prefix=AFTER

// BEFORE-LABEL: func.func @pixel
// BEFORE: linalg.generic
// BEFORE-SAME: "reduction", "reduction", "reduction"

// AFTER-LABEL: func.func @pixel
// AFTER: scf.for
// AFTER: linalg.generic
// AFTER-SAME: iterator_types = ["parallel", "parallel", "reduction"]
// AFTER-SAME: tensor<4x8xf32>, tensor<8x16xf32>
// AFTER-SAME: is_found
#image = affine_map<(h, w, f, kh, kw, c) -> (h + kh, w + kw, c)>
#filter = affine_map<(h, w, f, kh, kw, c) -> (kh, kw, c, f)>
#out = affine_map<(h, w, f, kh, kw, c) -> (h, w, f)>
module attributes {transform.with_named_sequence} {
  func.func @pixel(%x: tensor<1x6x8xf32>, %k: tensor<1x3x8x16xf32>,
                   %out: tensor<1x4x16xf32>) -> tensor<1x4x16xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %sum = scf.for %i = %c0 to %c3 step %c1 iter_args(%acc = %out)
        -> (tensor<1x4x16xf32>) {
      %pixels = tensor.extract_slice %x[0, %i, 0] [1, 4, 8] [1, 1, 1]
        : tensor<1x6x8xf32> to tensor<1x4x8xf32>
      %tap = tensor.extract_slice %k[0, %i, 0, 0] [1, 1, 8, 16] [1, 1, 1, 1]
        : tensor<1x3x8x16xf32> to tensor<1x1x8x16xf32>
      %next = linalg.generic {
          indexing_maps = [#image, #filter, #out],
          iterator_types = ["parallel", "parallel", "parallel",
                            "reduction", "reduction", "reduction"]}
          ins(%pixels, %tap : tensor<1x4x8xf32>, tensor<1x1x8x16xf32>)
          outs(%acc : tensor<1x4x16xf32>) {
      ^bb0(%a: f32, %b: f32, %c: f32):
        %product = arith.mulf %a, %b : f32
        %added = arith.addf %c, %product : f32
        linalg.yield %added : f32
      } -> tensor<1x4x16xf32>
      scf.yield %next : tensor<1x4x16xf32>
    }
    return %sum : tensor<1x4x16xf32>
  }
  transform.named_sequence private @mlopt_fold_unit_loops(!transform.any_op {transform.readonly}) -> !transform.any_op
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %l = transform.structured.match ops{["scf.for"]} in %root : (!transform.any_op) -> !transform.any_op
    %op = transform.include @mlopt_fold_unit_loops failures(propagate) (%l) : (!transform.any_op) -> !transform.any_op
    transform.annotate %op "is_found" : !transform.any_op
    transform.yield
  }
}
