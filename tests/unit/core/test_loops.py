"""What each loop is for, read off access maps; numbers worked out by hand."""

import pytest

from mlopt.core.loops import (
    LoopRole,
    PlainContraction,
    contraction_roles,
    divisors,
    epilogue_of,
    loops_in_terms_of_root,
    neighbour_loops,
    plain_contraction,
    producer_loops,
)
from mlopt.core.workload import WorkloadKind

BATCH, M, N, K = LoopRole.BATCH, LoopRole.M, LoopRole.N, LoopRole.K


def test_a_matmuls_loops_are_m_n_k(kernels):
    root = kernels.matmul(8, 16, 32).root_op
    assert contraction_roles(root) == (M, N, K)


def test_a_loop_that_all_three_operands_use_is_batch(kernels):
    root = kernels.matmul(8, 16, 32, batch=4).root_op
    assert contraction_roles(root) == (BATCH, M, N, K)


def test_roles_follow_the_maps_not_the_order_of_loops(kernels):
    # C[d1, d2] += A[d0, d1] * B[d2, d0]: d0 reduces.
    op = kernels.op((32, 8, 16), ((0, 1), (2, 0), (1, 2)))
    assert contraction_roles(op) == (K, M, N)


def test_several_loops_may_share_a_role(kernels):
    # C[d0, d1, d2] += A[d0, d1, d3, d4] * B[d3, d4, d2]
    maps = ((0, 1, 3, 4), (3, 4, 2), (0, 1, 2))
    op = kernels.op((2, 3, 4, 5, 6), maps, num_reductions=2)
    assert contraction_roles(op) == (M, M, N, K, K)


@pytest.mark.parametrize("maps", [((0,), (0,)), ((0,), (0,), (0,), (0,))])
def test_roles_need_two_inputs_and_one_result(kernels, maps):
    with pytest.raises(ValueError, match="not a contraction of two operands"):
        contraction_roles(kernels.op((8,), maps))


def test_a_plain_contraction_is_a_row_major_matmul(kernels):
    assert plain_contraction(kernels.matmul(8, 16, 32)) == PlainContraction(
        batch=(), m=0, n=1, k=2, extents=(8, 16, 32)
    )


def test_a_plain_contraction_may_have_a_batch_and_an_epilogue(kernels):
    batched = plain_contraction(kernels.matmul(8, 16, 32, batch=4))
    assert batched is not None
    assert (batched.batch, batched.m, batched.n, batched.k) == ((0,), 1, 2, 3)
    followed = kernels.matmul(8, 16, 32, epilogue=[kernels.bias(8, 16)])
    assert plain_contraction(followed) is not None


def test_columns_of_a_plain_contraction_may_lie_in_panels(kernels):
    # C[m, p, n] += A[m, k] * B[p, k, n]
    assert plain_contraction(kernels.paneled(8, 3, 16, 32)) == PlainContraction(
        batch=(), panels=(1,), m=0, n=2, k=3, extents=(8, 3, 16, 32)
    )
    batched = plain_contraction(kernels.paneled(8, 3, 16, 32, batch=4))
    assert batched is not None
    assert (batched.batch, batched.panels) == ((0,), (2,))
    assert (batched.m, batched.n, batched.k) == (1, 3, 4)


@pytest.mark.parametrize(
    "maps",
    [
        ((0, 3), (3, 1, 2), (0, 1, 2)),  # B[k, p, n]: rows as they were
        ((0, 3), (1, 3, 2), (1, 0, 2)),  # C[p, m, n]
        ((0, 3), (1, 2, 3), (0, 1, 2)),  # B[p, n, k]
    ],
)
def test_other_orders_are_no_panels(kernels, maps):
    root = kernels.op((8, 3, 16, 32), maps, num_reductions=1)
    workload = kernels.workload(WorkloadKind.CONTRACTION, (root,), 0)
    assert plain_contraction(workload) is None


def test_a_transposed_operand_is_no_plain_contraction(kernels):
    assert plain_contraction(kernels.matmul(8, 16, 32, rhs=(1, 2))) is None


def test_a_matrix_times_a_vector_is_no_plain_contraction(kernels):
    # C[m] += A[m, k] * B[k]: no loop is n.
    root = kernels.op((8, 32), ((0, 1), (1,), (0,)), num_reductions=1)
    workload = kernels.workload(WorkloadKind.CONTRACTION, (root,), 0)
    assert plain_contraction(workload) is None


def test_two_loops_of_one_role_are_no_plain_contraction(kernels):
    maps = ((0, 1, 3), (3, 2), (0, 1, 2))
    root = kernels.op((2, 3, 4, 5), maps, num_reductions=1)
    workload = kernels.workload(WorkloadKind.CONTRACTION, (root,), 0)
    assert plain_contraction(workload) is None


@pytest.mark.parametrize("kind", sorted(set(WorkloadKind) - {WorkloadKind.CONTRACTION}))
def test_another_kind_is_no_plain_contraction(kernels, kind):
    ops = kernels.matmul(8, 16, 32).ops
    assert plain_contraction(kernels.workload(kind, ops, 1)) is None


def test_without_a_root_there_is_neither_contraction_nor_epilogue(kernels):
    ops = kernels.matmul(8, 16, 32).ops
    workload = kernels.workload(WorkloadKind.CONTRACTION, ops, None)
    assert plain_contraction(workload) is None
    assert epilogue_of(workload) is None


def test_a_kernel_that_ends_with_its_root_has_an_empty_epilogue(kernels):
    assert epilogue_of(kernels.matmul(8, 16, 32)) == ()


def test_an_epilogue_is_every_op_after_the_root(kernels):
    scaled = kernels.op((8, 16), ((0, 1), (0, 1)), sources=(2, -1))
    workload = kernels.matmul(8, 16, 32, epilogue=[kernels.bias(8, 16), scaled])
    assert epilogue_of(workload) == (2, 3)


def test_an_epilogue_that_reduces_is_none(kernels):
    total = kernels.op((8, 16), ((0, 1), (0,)), sources=(1, -1), num_reductions=1)
    workload = kernels.matmul(8, 16, 32, epilogue=[total])
    assert epilogue_of(workload) is None
    assert plain_contraction(workload) is None


def test_an_op_that_ignores_the_root_is_no_epilogue(kernels):
    stranger = kernels.op((8, 16), ((0, 1), (0, 1)))
    assert epilogue_of(kernels.matmul(8, 16, 32, epilogue=[stranger])) is None


def test_two_sinks_are_no_epilogue(kernels):
    both = [kernels.bias(8, 16), kernels.bias(8, 16)]
    assert epilogue_of(kernels.matmul(8, 16, 32, epilogue=both)) is None


def test_an_epilogue_walks_with_the_roots_parallel_loops(kernels):
    workload = kernels.matmul(8, 16, 32, epilogue=[kernels.bias(8, 16)])
    assert loops_in_terms_of_root(workload, 2) == (0, 1)
    assert loops_in_terms_of_root(workload, 1) == (0, 1, 2)


def test_a_permuted_epilogue_walks_with_permuted_loops(kernels):
    # result[i, j] = matmul[j, i]
    turned = kernels.op((16, 8), ((1, 0), (0, 1)), sources=(1, -1))
    workload = kernels.matmul(8, 16, 32, epilogue=[turned])
    assert loops_in_terms_of_root(workload, 2) == (1, 0)


def test_two_permutations_in_a_row_compose(kernels):
    # Turned twice, over a batch: (b, m, n) -> (n, b, m) -> (m, n, b).
    first = kernels.op((16, 4, 8), ((1, 2, 0), (0, 1, 2)), sources=(1, -1))
    second = kernels.op((8, 16, 4), ((1, 2, 0), (0, 1, 2)), sources=(2, -1))
    workload = kernels.matmul(8, 16, 32, batch=4, epilogue=[first, second])
    assert loops_in_terms_of_root(workload, 2) == (2, 0, 1)
    assert loops_in_terms_of_root(workload, 3) == (1, 2, 0)


def test_a_loop_the_root_lacks_is_minus_1(kernels):
    # The division walks columns; the sum reduced them away.
    assert loops_in_terms_of_root(kernels.row_sum(8, 16, divides=True), 2) == (0, -1)


def test_an_op_apart_from_the_root_has_no_loops_of_it(kernels):
    stranger = kernels.op((8, 16), ((0, 1), (0, 1)))
    workload = kernels.matmul(8, 16, 32, epilogue=[stranger])
    assert loops_in_terms_of_root(workload, 2) is None
    assert 2 not in neighbour_loops(workload)


def test_a_fill_walks_with_the_loops_of_the_result(kernels):
    workload = kernels.matmul(8, 16, 32, batch=4)
    assert producer_loops(workload, 0) == (0, 1, 2)
    assert neighbour_loops(workload) == {0: (0, 1, 2)}


def test_neighbours_are_producers_and_epilogue(kernels):
    workload = kernels.row_sum(8, 16, divides=True)
    assert neighbour_loops(workload) == {0: (0,), 2: (0, -1)}


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, (1,)), (7, (1, 7)), (12, (1, 2, 3, 4, 6, 12)), (49, (1, 7, 49))],
)
def test_divisors_are_complete_and_ascending(number, expected):
    assert divisors(number) == expected
