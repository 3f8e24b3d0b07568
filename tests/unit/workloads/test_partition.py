"""Which kernels a program has, what identifies them, and what they consist of."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import DTypeLike

from mlopt.core.tensors import TensorSpec
from mlopt.core.workload import IteratorType, WorkloadKind

PARALLEL, REDUCTION = IteratorType.PARALLEL, IteratorType.REDUCTION


def zeros(*shape: int, dtype: DTypeLike = "float32") -> np.ndarray:
    return np.zeros(shape, dtype)


def layer(x, w, b):
    return jax.nn.relu(x @ w + b[None])


LAYER = (zeros(32, 64), zeros(64, 48), zeros(48))


@pytest.fixture(scope="module")
def dense(partition_of):
    (workload,) = partition_of(layer, *LAYER).workloads
    return workload


def test_a_layer_is_one_workload_rooted_at_its_matmul(dense):
    assert [op.name for op in dense.ops] == [
        "linalg.fill",
        "linalg.matmul",
        "linalg.generic",
    ]
    assert dense.root == 1
    assert dense.kind is WorkloadKind.CONTRACTION
    assert dense.num_dispatches == 1
    assert len(dense.executables) == 1


def test_a_matmul_is_described_by_its_loops_and_accesses(dense):
    matmul = dense.ops[1]
    assert matmul.extents == (32, 48, 64)
    assert matmul.iterators == (PARALLEL, PARALLEL, REDUCTION)
    assert matmul.maps == ((0, 2), (2, 1), (0, 1))
    assert matmul.dtypes == ("float32",) * 3
    assert matmul.num_inputs == 2


def test_sources_say_which_op_feeds_which(dense):
    fill, matmul, epilogue = dense.ops
    assert set(fill.sources) == {-1}
    assert matmul.sources == (-1, -1, 0)
    assert epilogue.sources == (1, -1, -1)


def test_the_bias_is_read_along_columns(dense):
    epilogue = dense.ops[2]
    assert epilogue.maps == ((0, 1), (1,), (0, 1))
    assert epilogue.iterators == (PARALLEL, PARALLEL)


def test_flops_and_bytes_are_those_of_the_textbook(dense):
    # 2 a multiply-accumulate, one a point of the fill and of the epilogue.
    assert dense.flops == 2 * 32 * 48 * 64 + 32 * 48 + 32 * 48
    assert dense.num_bytes == 4 * (32 * 64 + 64 * 48 + 48 + 32 * 48)


def test_the_signature_is_that_of_the_dispatch(dense):
    assert dense.inputs == tuple(
        TensorSpec(shape=shape, dtype="float32")
        for shape in ((32, 64), (64, 48), (48,))
    )
    assert dense.outputs == (TensorSpec(shape=(32, 48), dtype="float32"),)


def test_a_hash_ignores_names_and_the_program_around(partition_of, dense):
    def named_otherwise(inputs, weights, bias):
        hidden = layer(inputs, weights, bias)
        return jnp.sum(hidden * hidden, axis=0) + 1.0, hidden

    others = partition_of(named_otherwise, *LAYER).workloads
    assert len(others) > 1
    assert dense.hash in {w.hash for w in others}


def test_a_hash_does_not_depend_on_the_target(compiler, dense):
    module = compiler.program(layer, *LAYER)
    flags = (
        "--iree-hal-target-device=local",
        "--iree-hal-local-target-device-backends=llvm-cpu",
        "--iree-llvmcpu-target-triple=aarch64-unknown-linux-gnu",
    )
    (other,) = compiler.partition(module, flags).workloads
    assert other.hash == dense.hash
    assert other.module != dense.module


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (layer, (zeros(33, 64), *LAYER[1:])),
        (layer, (zeros(32, 64), zeros(64, 49), zeros(49))),
        (lambda x, w, b: x @ w + b[None], LAYER),
        (lambda x, w, b: jnp.maximum(x @ w + b[None], 1.0), LAYER),
        (layer, tuple(a.astype(jnp.bfloat16) for a in LAYER)),
        (lambda x, w, b: layer(x, w.T, b), (LAYER[0], zeros(48, 64), LAYER[2])),
    ],
    ids=["rows", "columns", "epilogue", "constant", "dtype", "layout"],
)
def test_a_hash_differs_where_the_kernel_does(partition_of, dense, function, arguments):
    hashes = {w.hash for w in partition_of(function, *arguments).workloads}
    assert dense.hash not in hashes


def test_equal_kernels_are_one_workload_with_two_calls(partition_of):
    def twice(x, w, v):
        return jnp.tanh(jnp.tanh(x @ w) @ v)

    square = zeros(32, 32)
    (workload,) = partition_of(twice, square, square, square).workloads
    assert workload.num_dispatches == 2


def test_a_partition_is_deterministic(partition_of):
    assert partition_of(layer, *LAYER) == partition_of(layer, *LAYER)


def test_a_channels_last_convolution_has_filter_loops_that_reduce(partition_of):
    def convolve(x, k):
        layout = ("NHWC", "HWIO", "NHWC")
        return jax.lax.conv_general_dilated(
            x, k, (1, 1), "VALID", dimension_numbers=layout
        )

    (workload,) = partition_of(
        convolve, zeros(2, 10, 10, 4), zeros(3, 3, 4, 8)
    ).workloads
    root = workload.root_op
    assert root is not None
    assert workload.kind is WorkloadKind.CONVOLUTION
    assert root.extents == (2, 8, 8, 8, 3, 3, 4)
    assert root.iterators == (PARALLEL,) * 4 + (REDUCTION,) * 3
    # The window's rows and columns are sums of two loops.
    assert root.maps == ((0, -1, -1, 6), (4, 5, 6, 3), (0, 1, 2, 3))
    assert workload.flops == 2 * (2 * 8 * 8 * 8) * (3 * 3 * 4) + 2 * 8 * 8 * 8


def test_a_row_sum_is_a_reduction_over_columns(partition_of):
    (workload,) = partition_of(lambda x: x.sum(axis=1), zeros(16, 40)).workloads
    root = workload.root_op
    assert root is not None
    assert workload.kind is WorkloadKind.REDUCTION
    assert root.extents == (16, 40)
    assert root.iterators == (PARALLEL, REDUCTION)
    assert root.maps == ((0, 1), (0,))
    assert workload.num_bytes == 4 * (16 * 40 + 16)


def test_a_fused_division_by_the_sum_reads_the_reduction(partition_of):
    def normalize(x):
        return x / x.sum(axis=1, keepdims=True)

    (workload,) = partition_of(normalize, zeros(16, 40)).workloads
    assert workload.kind is WorkloadKind.REDUCTION
    assert workload.root is not None
    division = workload.ops[-1]
    assert workload.root in division.sources
    assert division.iterators == (PARALLEL, PARALLEL)


def test_batch_matmuls_with_a_transposed_operand_keep_their_maps(partition_of):
    def scores(q, k):
        return jnp.einsum("bmk,bnk->bmn", q, k)

    (workload,) = partition_of(scores, zeros(4, 16, 32), zeros(4, 24, 32)).workloads
    root = workload.root_op
    assert root is not None
    assert workload.kind is WorkloadKind.CONTRACTION
    assert root.extents == (4, 16, 24, 32)
    assert root.maps == ((0, 1, 3), (0, 2, 3), (0, 1, 2))


def test_a_softmax_is_a_reduction_along_its_dimension(partition_of):
    (workload,) = partition_of(
        lambda x: jax.nn.softmax(x, axis=-1), zeros(8, 32)
    ).workloads
    root = workload.root_op
    assert root is not None
    assert workload.kind is WorkloadKind.REDUCTION
    assert root.name == "linalg.softmax"
    assert root.extents == (8, 32)
    assert root.iterators == (PARALLEL, REDUCTION)
    assert root.maps == ((0, 1), (0, 1))


def test_a_copy_is_left_to_the_compiler(partition_of):
    def inside(x):
        return jnp.zeros((16, 40)).at[4:12, 4:36].set(x)

    workloads = partition_of(inside, zeros(8, 32)).workloads
    assert {w.kind for w in workloads} == {WorkloadKind.OTHER}
    assert all(w.root is None for w in workloads)


@pytest.mark.parametrize(
    ("function", "combiner"),
    [
        (lambda x: x.sum(axis=1), "arith.addf"),
        (lambda x: (x * x).sum(axis=1), "arith.addf"),
        (lambda x: x.max(axis=1), "arith.maximumf"),
        (lambda x: jnp.argmax(x, axis=1), ""),
        (lambda x: jnp.tanh(x), ""),
    ],
)
def test_a_reduction_says_how_two_elements_are_joined(partition_of, function, combiner):
    (workload,) = partition_of(function, zeros(16, 40)).workloads
    root = workload.root_op
    assert root is not None
    assert root.combiner == combiner


@pytest.mark.parametrize("dtype", ["int32", "int8", "bfloat16", "float16"])
def test_other_dtypes_are_described(partition_of, dtype):
    (workload,) = partition_of(
        lambda x, y: x @ y,
        zeros(16, 32, dtype=jnp.dtype(dtype)),
        zeros(32, 24, dtype=jnp.dtype(dtype)),
    ).workloads
    root = workload.root_op
    assert root is not None
    assert root.dtypes[:2] == (dtype, dtype)
    assert [spec.dtype for spec in workload.inputs] == [dtype, dtype]


def test_a_boolean_operand_is_described(partition_of):
    (workload,) = partition_of(
        lambda mask, x: jnp.where(mask, x, 0.0), zeros(100, dtype="bool"), zeros(100)
    ).workloads
    assert workload.root is not None
    assert sorted(spec.dtype for spec in workload.inputs) == ["bool", "float32"]


DYNAMIC = b"""
func.func @main(%x: tensor<?x64xf32>, %w: tensor<64x48xf32>) -> tensor<?x48xf32> {
  %zero = arith.constant 0.0 : f32
  %axis = arith.constant 0 : index
  %rows = tensor.dim %x, %axis : tensor<?x64xf32>
  %empty = tensor.empty(%rows) : tensor<?x48xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x48xf32>)
    -> tensor<?x48xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x48xf32>)
    outs(%init : tensor<?x48xf32>) -> tensor<?x48xf32>
  return %y : tensor<?x48xf32>
}
"""


def test_dynamic_shapes_are_left_to_the_compiler(compiler):
    (workload,) = compiler.partition(DYNAMIC).workloads
    assert workload.root is None
    assert workload.module == ""
    assert workload.inputs == ()
