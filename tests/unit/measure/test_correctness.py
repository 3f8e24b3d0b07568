"""What counts as the same result, dtype by dtype."""

import math

import ml_dtypes
import numpy as np
import pytest

from mlopt.measure.correctness import compare, tolerance

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
ONES = np.ones(4, np.float32)


def verdict_of(out, ref, *, reduction_length=1, **options):
    return compare([out], [ref], reduction_length, **options)


def test_error_is_relative_to_the_value_and_the_root_mean_square():
    ref = np.array([3.0, 4.0, 0.0, 0.0], np.float32)  # rms = sqrt(25 / 4) = 2.5
    out = np.array([3.0, 4.0, 0.0, 0.5], np.float32)
    verdict = verdict_of(out, ref)
    assert not verdict.ok
    assert verdict.max_relative_error == pytest.approx(0.5 / 2.5)
    assert "output 0 is off by 0.2" in verdict.sentence


def test_tolerance_grows_with_the_root_of_the_reduction_length():
    eps = 2.0**-23
    float32 = np.dtype(np.float32)
    assert tolerance(float32, 1) == tolerance(float32, 16) == pytest.approx(32 * eps)
    assert tolerance(float32, 1600) == pytest.approx(320 * eps)
    assert tolerance(np.dtype(np.complex64), 16) == tolerance(float32, 16)
    assert tolerance(BFLOAT16, 16) == pytest.approx(2 * 2.0**-7 * 4)
    assert tolerance(BFLOAT16, 10**6) == 0.25


def test_the_border_of_the_tolerance():
    limit = 2 * tolerance(np.dtype(np.float32), 400)  # |ref| + rms(ref) = 2
    inside, outside = ONES.copy(), ONES.copy()
    inside[2] += 0.98 * limit
    outside[2] += 1.02 * limit
    assert verdict_of(inside, ONES, reduction_length=400).ok
    assert not verdict_of(outside, ONES, reduction_length=400).ok


def test_a_sum_in_another_order_is_right_and_one_that_misses_a_term_is_not():
    rng = np.random.default_rng(0)
    lhs, rhs = rng.standard_normal((2, 64, 3072)).astype(np.float32)
    ref = lhs.astype(np.float64) @ rhs.T
    terms = lhs[:, None, :] * rhs[None, :, :]
    backwards = np.cumsum(terms[..., ::-1], axis=-1)[..., -1]
    options = {"reduction_length": 3072, "dtypes": [np.dtype(np.float32)]}
    assert verdict_of(backwards, ref, **options).ok
    assert not verdict_of(lhs[:, 1:] @ rhs[:, 1:].T, ref, **options).ok


def test_integers_and_booleans_must_be_equal():
    integers = np.array([1, 2, 3], np.int32)
    booleans = np.array([True, False])
    assert compare([integers, booleans], [integers, booleans], 1).ok
    wrong = verdict_of(integers + np.int32(1), integers)
    assert not wrong.ok
    assert wrong.max_relative_error == math.inf
    assert "differs in 3 of 3 int32 values" in wrong.sentence
    assert not verdict_of(~booleans, booleans).ok


def test_integers_are_compared_modulo_their_width():
    ref = np.array([255, 1], np.uint8)
    out = np.array([-1, 1], np.int8)
    assert verdict_of(out, ref, dtypes=[out.dtype]).ok
    assert not verdict_of(-out, ref, dtypes=[out.dtype]).ok


def test_a_nan_where_the_reference_has_none_is_wrong():
    out = ONES.copy()
    out[1] = np.nan
    assert "NaN in 1 of 4" in verdict_of(out, ONES).sentence


def test_where_the_reference_is_nan_anything_goes():
    ref = ONES.copy()
    ref[1] = np.nan
    assert verdict_of(ref, ref).ok
    assert verdict_of(np.array([1, 5, 1, 1], np.float32), ref).ok
    assert not verdict_of(np.array([1, 5, 2, 1], np.float32), ref).ok


@pytest.mark.parametrize("value", [1.0, -np.inf, np.nan])
def test_an_infinity_must_be_the_references(value):
    ref = ONES.copy()
    ref[3] = np.inf
    out = ref.copy()
    out[3] = value
    assert verdict_of(ref, ref).ok
    assert not verdict_of(out, ref).ok
    assert not verdict_of(ref, ONES).ok


def test_a_wide_reference_may_overflow_in_the_outputs_dtype():
    out = np.array([np.inf, 1.0], np.float32)
    ref = np.array([1e300, 1.0])
    assert verdict_of(out, ref, dtypes=[np.dtype(np.float32)]).ok


def test_bfloat16_is_judged_by_its_own_precision():
    ref = np.linspace(1.0, 2.0, 9)
    out = ref.astype(BFLOAT16)
    assert verdict_of(out, ref, dtypes=[BFLOAT16]).ok
    assert not verdict_of((1.3 * ref).astype(BFLOAT16), ref, dtypes=[BFLOAT16]).ok


def test_complex_numbers_are_compared_by_distance():
    ref = np.array([1 + 1j, -2j], np.complex64)
    assert verdict_of(ref, ref).ok
    assert not verdict_of(ref.conj(), ref).ok


def test_zeros_are_compared_absolutely():
    zeros = np.zeros(4, np.float32)
    assert verdict_of(zeros + np.float32(1e-7), zeros).ok
    assert verdict_of(zeros + np.float32(1e-3), zeros).max_relative_error == (
        pytest.approx(1e-3)
    )


def test_huge_values_do_not_overflow_the_root_mean_square():
    ref = np.array([1e200, -1e200])
    assert verdict_of(ref, ref).ok
    assert not verdict_of(-ref, ref).ok


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        (np.ones((2, 2), np.float32), "output 0 has shape (2, 2) where (4,)"),
        (np.ones(4, np.float16), "output 0 is float16 where float32"),
    ],
)
def test_another_shape_or_dtype_is_wrong(out, sentence):
    verdict = verdict_of(out, ONES)
    assert not verdict.ok
    assert sentence in verdict.sentence


def test_the_number_of_outputs_must_match():
    assert "1 outputs where 2" in compare([ONES], [ONES, ONES], 1).sentence


def test_the_first_wrong_output_is_named():
    assert "output 1" in compare([ONES, 2 * ONES], [ONES, ONES], 1).sentence


def test_an_allowance_widens_the_tolerance():
    out = np.float32(1.01) * ONES
    assert not verdict_of(out, ONES).ok
    assert verdict_of(out, ONES, allowance=0.02).ok


def test_nothing_to_compare_is_right():
    empty = np.zeros((0, 3), np.float32)
    assert verdict_of(empty, empty).max_relative_error == 0.0
