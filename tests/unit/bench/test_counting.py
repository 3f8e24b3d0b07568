"""Arithmetic and traffic of traced programs, against numbers worked out by hand."""

import jax
import jax.numpy as jnp
import pytest

from mlopt.bench.counting import count, work_of


def traced(function, *shapes, dtype=jnp.float32):
    arrays = [jax.ShapeDtypeStruct(shape, dtype) for shape in shapes]
    return jax.make_jaxpr(function)(*arrays)


def test_a_product_multiplies_and_adds():
    counted = count(traced(jnp.matmul, (3, 5), (5, 7)))
    assert counted.flops == 2 * 3 * 5 * 7
    assert counted.longest_sum == 5
    assert counted.rate == 1.0


def test_a_batch_of_products_is_so_many():
    closed = traced(lambda x, y: jnp.einsum("bmk,bnk->bmn", x, y), (4, 3, 5), (4, 7, 5))
    assert count(closed).flops == 4 * 2 * 3 * 5 * 7


@pytest.mark.parametrize(
    ("groups", "filters", "length"), [(1, (3, 3, 4, 8), 36), (4, (3, 3, 1, 8), 9)]
)
def test_a_convolution_sums_over_its_window_and_its_groups_features(
    groups, filters, length
):
    def convolve(x, w):
        return jax.lax.conv_general_dilated(
            x,
            w,
            (1, 1),
            "SAME",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=groups,
        )

    counted = count(traced(convolve, (1, 6, 6, 4), filters))
    assert counted.flops == 2 * 6 * 6 * 8 * length
    assert counted.longest_sum == length


def test_a_loop_counts_by_its_length_and_a_branch_by_its_costlier_side():
    def looped(x, w):
        return jax.lax.scan(lambda c, _: (c @ w, None), x, None, length=10)[0]

    assert count(traced(looped, (2, 4), (4, 4))).flops == 10 * 2 * 2 * 4 * 4

    def branched(x, w):
        return jax.lax.cond(x[0, 0] > 0, lambda: x @ w, lambda: x)

    # The branch, and the comparison.
    assert count(traced(branched, (2, 4), (4, 4))).flops == 2 * 2 * 4 * 4 + 1


def test_sums_count_their_terms_and_moves_nothing():
    assert count(traced(lambda x: x.sum(0), (6, 5))).flops == 30
    assert count(traced(lambda x: x.sum(0), (6, 5))).longest_sum == 6
    assert count(traced(lambda x: x.T.reshape(-1)[::2], (6, 5))).flops == 0


@pytest.mark.parametrize(("dtype", "rate"), [("bfloat16", 2.0), ("int8", 4.0)])
def test_narrow_types_may_be_faster_than_the_peak_of_float32(dtype, rate):
    closed = traced(jnp.matmul, (3, 5), (5, 7), dtype=dtype)
    assert work_of(closed).rate_multiplier == rate


def test_every_array_is_read_or_written_once():
    closed = traced(lambda x, y: (x + y + x, x), (6, 5), (6, 5))
    assert work_of(closed).num_bytes == 4 * 30 * 4


def test_constants_are_read_like_arguments():
    weight, x = jnp.ones((64, 32)), jnp.ones((8, 64))
    closed = jax.make_jaxpr(lambda x: x @ weight)(x)
    given = jax.make_jaxpr(jnp.matmul)(x, weight)
    assert work_of(closed).num_bytes == work_of(given).num_bytes


def test_of_a_table_only_what_is_looked_up_is_read():
    ids = jnp.arange(3)
    closed = traced(lambda table: table[ids], (100, 8))
    # The rows, in and out, and their numbers.
    assert work_of(closed).num_bytes == 2 * 3 * 8 * 4 + 3 * 4


def test_a_table_that_is_used_elsewhere_too_is_read_whole():
    ids = jnp.arange(3)
    closed = traced(lambda table: table[ids] + table.sum(), (100, 8))
    assert work_of(closed).num_bytes == 100 * 8 * 4 + 3 * 8 * 4 + 3 * 4
