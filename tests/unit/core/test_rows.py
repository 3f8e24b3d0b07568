"""Which kernels work row by row, and how their ops walk over the rows."""

import dataclasses

import pytest

from mlopt.core.rows import rows_of
from mlopt.core.softmax import as_decomposed
from mlopt.core.workload import WorkloadKind


def test_a_softmaxs_ops_walk_over_the_same_rows(kernels):
    rows = rows_of(as_decomposed(kernels.softmax((12, 64, 130))))
    assert rows is not None
    assert rows.loops == {
        0: (0, 1),
        1: (0, 1, -1),
        2: (0, 1),
        3: (0, 1, -1),
        4: (0, 1, -1),
    }
    assert rows.reductions == (1, 3)
    assert rows.others == (4,)
    assert rows.waiting_bytes == 0


def test_a_sum_of_rows_has_nothing_else_to_compute(kernels):
    rows = rows_of(kernels.row_sum(64, 257))
    assert rows is not None
    assert (rows.reductions, rows.others) == ((1,), ())


def test_rows_divided_by_their_sums(kernels):
    rows = rows_of(kernels.row_sum(64, 257, divides=True))
    assert rows is not None
    assert (rows.reductions, rows.others) == ((1,), (2,))


def norm(kernels):
    """Rows less their mean, which wait for the root of their sum of squares."""
    both = (0, 1)
    mean = kernels.row_sum(8, 32).ops
    centred = kernels.op((8, 32), (both, (0,), both), sources=(-1, 1, -1))
    square = kernels.op((8, 32), (both, (0,)), sources=(2, 0), num_reductions=1)
    scaled = kernels.op((8, 32), (both, (0,), (1,), both), sources=(2, 3, -1, -1))
    ops = (*mean, centred, square, scaled)
    return kernels.workload(WorkloadKind.REDUCTION, ops, 3)


def test_what_later_ops_read_of_a_row_waits(kernels):
    rows = rows_of(norm(kernels))
    assert rows is not None
    assert (rows.reductions, rows.others) == ((1, 3), (2, 4))
    assert rows.waiting_bytes == 32 * 4


def changed(workload, position, **changes):
    ops = list(workload.ops)
    ops[position] = dataclasses.replace(ops[position], **changes)
    return dataclasses.replace(workload, ops=tuple(ops))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"combiner": "arith.subf"}, id="an order that matters"),
        pytest.param({"combiner": ""}, id="two results joined"),
        pytest.param({"maps": ((1, 0), (0,))}, id="columns"),
        pytest.param({"dtypes": ("bfloat16", "bfloat16")}, id="widened"),
    ],
)
def test_a_sum_that_cannot_be_split_is_none(kernels, changes):
    workload = kernels.row_sum(64, 257)
    assert rows_of(workload) is not None
    assert rows_of(changed(workload, 1, **changes)) is None


def test_a_sum_of_everything_has_no_rows(kernels):
    total = kernels.op((64,), ((0,), ()), num_reductions=1)
    assert rows_of(kernels.workload(WorkloadKind.REDUCTION, (total,), 0)) is None


def test_a_result_that_the_last_op_does_not_use_is_none(kernels):
    workload = norm(kernels)
    assert rows_of(dataclasses.replace(workload, ops=workload.ops[:4])) is not None
    assert rows_of(changed(workload, 4, sources=(2, -1, -1, -1))) is None


def test_an_op_without_the_rows_is_none(kernels):
    gain = kernels.op((32,), ((0,), (0,)))
    workload = kernels.row_sum(8, 32, divides=True)
    ops = [*workload.ops, gain]
    last = kernels.op((8, 32), ((0, 1), (1,), (0, 1)), sources=(2, 3, -1))
    assert rows_of(dataclasses.replace(workload, ops=(*ops, last))) is None


def test_loops_that_two_rows_share_are_none(kernels):
    # s[i] + s[j]: both loops of the sum of two rows are behind one of the rows'.
    both = kernels.op((8, 8), ((0,), (1,), (0, 1)), sources=(1, 1, -1))
    workload = kernels.row_sum(8, 32)
    assert rows_of(dataclasses.replace(workload, ops=(*workload.ops, both))) is None


def test_a_matrix_product_is_none(kernels):
    assert rows_of(kernels.matmul(8, 16, 32)) is None


def test_a_matrix_times_a_vector_is_rows_and_a_product_of_matrices_is_not(kernels):
    rows = rows_of(kernels.matrix_vector(768, 3072))
    assert rows is not None
    assert rows.reductions == (1,)
    assert rows.loops[1] == (0, -1)
    # Its columns are summed.
    assert rows_of(kernels.matrix_vector(768, 3072, turned=True)) is None
    assert rows_of(kernels.matmul(64, 96, 128)) is None
    assert rows_of(kernels.matmul(64, 96, 128, rhs=(1, 2))) is None
