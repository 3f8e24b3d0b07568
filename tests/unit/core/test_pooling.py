"""Pooling as code generation sees it."""

import dataclasses

from mlopt.core.compiled import as_compiled, has_own_store
from mlopt.core.pooling import loop_extents
from mlopt.core.tensors import TensorSpec

SEVERAL, ONE = (8, 14, 16, 32, 2, 3), (14, 16, 32, 2, 3)
EXTENTS = {
    "image": 8,
    "height": 14,
    "width": 16,
    "channels": 32,
    "filter_height": 2,
    "filter_width": 3,
    "in_channels": 1,
}


def test_several_images_are_as_they_are(kernels):
    workload = kernels.pooling(SEVERAL)
    assert as_compiled(workload) is workload
    assert loop_extents(workload.root_op) == EXTENTS
    assert not has_own_store(workload)


def test_one_image_has_a_loop_again(kernels):
    workload = kernels.pooling(ONE)
    assert loop_extents(workload.root_op) == {}
    compiled = as_compiled(workload)
    root = compiled.root_op
    assert root is not None
    assert loop_extents(root) == EXTENTS | {"image": 1}
    assert root.maps == kernels.pooling(SEVERAL).root_op.maps
    assert compiled.ops[0].maps == ((), (0, 1, 2, 3))


def test_one_image_in_a_larger_tensor_is_stored_by_an_op_of_its_own(kernels):
    workload = kernels.pooling(ONE)
    assert not has_own_store(workload)
    padded = (TensorSpec(shape=(16, 18, 32), dtype="float32"),)
    assert has_own_store(dataclasses.replace(workload, outputs=padded))


def test_a_convolution_is_none(kernels):
    assert loop_extents(kernels.depthwise(SEVERAL).root_op) == {}
