"""A softmax is five ops in code generation."""

from mlopt.core.rows import rows_of
from mlopt.core.softmax import as_decomposed, has_softmax
from mlopt.core.workload import IteratorType


def test_what_is_no_softmax_is_left_as_it_is(kernels):
    workload = kernels.row_sum(64, 257)
    assert not has_softmax(workload)
    assert as_decomposed(workload) is workload


def test_it_is_a_largest_element_a_sum_and_a_quotient(kernels):
    decomposed = as_decomposed(kernels.softmax((12, 64, 130)))
    assert [op.name for op in decomposed.ops] == [
        "linalg.fill",
        "linalg.generic",
        "linalg.fill",
        "linalg.generic",
        "linalg.generic",
    ]
    assert [op.combiner for op in decomposed.ops] == [
        "",
        "arith.maxnumf",
        "",
        "arith.addf",
        "",
    ]
    assert decomposed.root == 3
    assert decomposed.ops[0].extents == (12, 64)
    assert decomposed.ops[3].extents == (12, 64, 130)
    assert decomposed.ops[3].iterators[-1] is IteratorType.REDUCTION
    # The sum reads the largest element, the quotient reads both.
    assert decomposed.ops[3].sources == (-1, 1, 2)
    assert decomposed.ops[4].sources == (-1, 1, 3, -1)


def test_the_quotient_is_computed_in_what_follows(kernels):
    turned = kernels.op((16, 8), ((1, 0), (0,), (0, 1)), sources=(0, -1, -1))
    decomposed = as_decomposed(kernels.softmax((8, 16), after=[turned]))
    assert len(decomposed.ops) == 5
    last = decomposed.ops[4]
    # The row, its largest element and its sum, then what the op itself reads.
    assert last.maps == ((1, 0), (1,), (1,), (0,), (0, 1))
    assert last.sources == (-1, 1, 3, -1, -1)
    assert last.num_inputs == 4


def test_what_comes_before_is_computed_in_each_part(kernels):
    softmax = kernels.softmax((8, 16))
    before = kernels.op((8, 16), ((0, 1), (1,), (0, 1)))
    read = kernels.op(
        (8, 16),
        ((0, 1), (0, 1)),
        sources=(0, -1),
        num_reductions=1,
        name="linalg.softmax",
    )
    workload = kernels.workload(softmax.kind, (before, read), 1)
    decomposed = as_decomposed(workload)
    assert decomposed.root == 3
    assert decomposed.ops[1].maps == ((0, 1), (1,), (0,))
    assert decomposed.ops[1].sources == (-1, -1, 0)
    assert decomposed.ops[4].maps == ((0, 1), (1,), (0,), (0,), (0, 1))
    assert decomposed.ops[4].sources == (-1, -1, 1, 3, -1)
    rows = rows_of(decomposed)
    assert rows is not None
    assert rows.waiting_bytes == 0
