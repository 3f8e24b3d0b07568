"""What a kernel is like in numbers, worked out by hand."""

import dataclasses
import math

import numpy as np
import pytest

from mlopt.core.tensors import TensorSpec
from mlopt.core.workload import WorkloadKind
from mlopt.workloads.features import (
    MAX_LOOPS,
    NAMES,
    VECTOR_LENGTH,
    features,
    vector,
)


@pytest.fixture
def dense(kernels):
    """64x96x128 with a bias: 1572864 flops on 106880 bytes."""
    specs = [
        TensorSpec(shape=s, dtype="float32") for s in ((64, 128), (128, 96), (96,))
    ]
    return dataclasses.replace(
        kernels.matmul(64, 96, 128, epilogue=[kernels.bias(64, 96)]),
        inputs=tuple(specs),
        outputs=(TensorSpec(shape=(64, 96), dtype="float32"),),
        flops=2 * 64 * 96 * 128,
        num_bytes=4 * (64 * 128 + 128 * 96 + 96 + 64 * 96),
    )


def test_features_are_those_of_the_root_and_what_is_around_it(dense):
    found = features(dense)
    assert tuple(found) == NAMES
    assert found == {
        "flops": 1572864.0,
        "bytes": 106880.0,
        "intensity": 1572864 / 106880,
        "num_ops": 3.0,
        "num_epilogue_ops": 1.0,
        "num_inputs": 3.0,
        "num_outputs": 1.0,
        "parallel_extent": 64.0 * 96,
        "reduction_extent": 128.0,
        "num_loops": 3.0,
        "item_bytes": 4.0,
        "is_float": 1.0,
    }


def test_a_vector_has_one_length_and_its_loops_innermost_first(dense):
    found = vector(dense)
    assert found.shape == (VECTOR_LENGTH,)
    assert found.dtype == np.float32
    loops = found[-5 * MAX_LOOPS :].reshape(MAX_LOOPS, 5)
    # k: a reduction; innermost of A, outermost of B, not in C.
    np.testing.assert_allclose(loops[0], [math.log2(129), 0, 1, 2, 0], rtol=1e-6)
    # n: not in A, innermost of B and of C.
    np.testing.assert_allclose(loops[1], [math.log2(97), 1, 0, 1, 1], rtol=1e-6)
    # m: outermost of A and of C.
    np.testing.assert_allclose(loops[2], [math.log2(65), 1, 2, 0, 2], rtol=1e-6)
    assert not loops[3:].any()


def test_the_kind_is_one_of_its_places(dense):
    start = len(NAMES)
    one_hot = vector(dense)[start : start + len(WorkloadKind)]
    assert one_hot.tolist() == [k is WorkloadKind.CONTRACTION for k in WorkloadKind]


def test_names_play_no_part(dense):
    renamed = dataclasses.replace(dense, name="other", hash="ff", executables=("x",))
    assert np.array_equal(vector(renamed), vector(dense))


def test_a_kernel_without_a_root_has_features_too(kernels):
    ops = kernels.matmul(64, 96, 128).ops
    found = features(kernels.workload(WorkloadKind.OTHER, ops, None))
    assert found["num_loops"] == 0.0
    assert vector(kernels.workload(WorkloadKind.OTHER, ops, None)).shape == (
        VECTOR_LENGTH,
    )


def test_more_loops_than_there_is_room_for_leave_out_the_outermost(kernels):
    extents = tuple(range(2, 2 + MAX_LOOPS + 2))
    loops = vector(kernels.elementwise(extents))[-5 * MAX_LOOPS :].reshape(-1, 5)
    np.testing.assert_allclose(loops[0, 0], math.log2(1 + extents[-1]), rtol=1e-6)
    np.testing.assert_allclose(loops[-1, 0], math.log2(1 + extents[2]), rtol=1e-6)
