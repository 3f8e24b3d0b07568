"""Arithmetic, traffic and chain lengths, against numbers worked out by hand."""

import pytest

from mlopt.core.tensors import TensorSpec
from mlopt.core.workload import IteratorType, StructuredOp, WorkloadKind
from mlopt.workloads.cost import flops_of, reduction_length, traffic_of

PARALLEL, REDUCTION = IteratorType.PARALLEL, IteratorType.REDUCTION


def op(extents, num_reductions):
    num_parallel = len(extents) - num_reductions
    return StructuredOp(
        name="linalg.generic",
        extents=extents,
        iterators=(PARALLEL,) * num_parallel + (REDUCTION,) * num_reductions,
        maps=(),
        dtypes=(),
        num_inputs=0,
    )


@pytest.mark.parametrize(
    ("kind", "flops"),
    [
        (WorkloadKind.CONTRACTION, 2 * 3 * 5 * 7),
        (WorkloadKind.CONVOLUTION, 2 * 3 * 5 * 7),
        (WorkloadKind.REDUCTION, 3 * 5 * 7),
        (WorkloadKind.ELEMENTWISE, 3 * 5 * 7),
    ],
)
def test_only_multiply_accumulates_count_twice(kind, flops):
    assert flops_of(op((3, 5, 7), 1), kind) == flops


def test_a_rank_0_op_is_one_operation():
    assert flops_of(op((), 0), WorkloadKind.ELEMENTWISE) == 1


def test_unknown_extents_count_nothing():
    assert flops_of(op((-1, 5), 0), WorkloadKind.ELEMENTWISE) == 0


def test_traffic_counts_every_binding_once_at_its_own_width():
    bindings = [
        TensorSpec(shape=(3, 5), dtype="float32"),
        TensorSpec(shape=(7,), dtype="bfloat16"),
        TensorSpec(shape=(), dtype="bool"),
    ]
    assert traffic_of(bindings) == 4 * 15 + 2 * 7 + 1


def test_the_longest_chain_of_additions_decides():
    assert reduction_length([op((4, 9), 1), op((4, 3, 5), 2), op((99,), 0)]) == 15


def test_no_reduction_is_a_chain_of_one():
    assert reduction_length([op((64, 64), 0)]) == 1
    assert reduction_length([]) == 1
