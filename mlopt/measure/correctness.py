"""Are a program's outputs right? Compared with references before anything is timed.

NumPy and ml_dtypes (bfloat16, float8) only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ml_dtypes
import numpy as np

# Rounding errors of a sum of K terms grow like sqrt(K). The factor leaves room for
# another order of summation and for polynomial exp, tanh and erf.
_ERROR_FACTOR: Final = 8.0
# 16- and 8-bit results are rounded once more than they are summed: less room needed.
_NARROW_ERROR_FACTOR: Final = 2.0
# A program without reductions still rounds at each of its operations.
_MIN_REDUCTION_LENGTH: Final = 16
# Beyond a quarter of the output's own size nothing can be told from noise.
_MAX_TOLERANCE: Final = 0.25
_NARROW_BYTES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether all outputs agree.

    Attributes:
        max_relative_error: over all outputs, max |out - ref| / (|ref| + rms(ref));
            inf when they differ in kind (shape, dtype, NaN, an integer's value).
        sentence: what is wrong with the first output that is; "" when ok.
    """

    ok: bool
    max_relative_error: float
    sentence: str


def tolerance(dtype: np.dtype, reduction_length: int) -> float:
    """Largest relative error a correct program may show.

    min(c * eps(dtype) * sqrt(max(K, 16)), 1/4), with c = 8, or 2 for types of 16 bits
    and fewer. In float32: 3.8e-6 for elementwise work, 5.3e-5 for K = 3072.

    Args:
        reduction_length: K, the longest sum in the program.
    """
    is_narrow = _component_bytes(dtype) <= _NARROW_BYTES
    factor = _NARROW_ERROR_FACTOR if is_narrow else _ERROR_FACTOR
    growth = max(reduction_length, _MIN_REDUCTION_LENGTH) ** 0.5
    return min(factor * float(ml_dtypes.finfo(dtype).eps) * growth, _MAX_TOLERANCE)


def compare(
    outputs: Sequence[np.ndarray],
    references: Sequence[np.ndarray],
    reduction_length: int,
    *,
    dtypes: Sequence[np.dtype] | None = None,
    allowance: float = 0.0,
) -> Verdict:
    """Judge outputs against references.

    Booleans must be equal, and integers modulo their width. Floats and complex
    numbers must satisfy |out - ref| <= t * (|ref| + rms(ref)) element by element, with
    t from `tolerance` and rms over the finite part of the reference (1 where that part
    is all zeros).
    Infinities must be where the reference, rounded to the output's dtype, has them.
    Where the reference is NaN anything goes; a NaN elsewhere is wrong.

    Args:
        dtypes: what the outputs must be; None is the references' own. References
            may be wider, as float64 is for float32.
        allowance: a relative error that is accepted even if larger than t, such as
            a multiple of the baseline's own.
    """
    if len(outputs) != len(references):
        return _wrong(f"{len(outputs)} outputs where {len(references)} are expected")
    expected = [ref.dtype for ref in references] if dtypes is None else dtypes
    worst = 0.0
    for index, (out, ref, dtype) in enumerate(
        zip(outputs, references, expected, strict=True)
    ):
        verdict = _compare_one(out, ref, dtype, reduction_length, allowance)
        if not verdict.ok:
            return Verdict(
                ok=False,
                max_relative_error=max(worst, verdict.max_relative_error),
                sentence=f"output {index} {verdict.sentence}",
            )
        worst = max(worst, verdict.max_relative_error)
    return Verdict(ok=True, max_relative_error=worst, sentence="")


def _compare_one(
    out: np.ndarray,
    ref: np.ndarray,
    dtype: np.dtype,
    reduction_length: int,
    allowance: float,
) -> Verdict:
    if out.shape != ref.shape:
        return _wrong(f"has shape {out.shape} where {ref.shape} is expected")
    if out.dtype != dtype:
        return _wrong(f"is {out.dtype} where {dtype} is expected")
    if not _is_inexact(out.dtype):
        return _compare_exact(out, ref)
    limit = max(tolerance(out.dtype, reduction_length), allowance)
    return _compare_inexact(out, ref, limit)


def _compare_exact(out: np.ndarray, ref: np.ndarray) -> Verdict:
    if out.dtype.kind in "iu" and ref.dtype.kind in "iu":
        # IREE returns signless integers: 255 of uint8 comes back as -1 of int8.
        ref = ref.astype(out.dtype)
    num_different = int(np.count_nonzero(out != ref))
    if num_different:
        return _wrong(f"differs in {num_different} of {out.size} {out.dtype} values")
    return Verdict(ok=True, max_relative_error=0.0, sentence="")


def _compare_inexact(out: np.ndarray, ref: np.ndarray, limit: float) -> Verdict:
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = _widen(ref.astype(out.dtype))
    wide_out, wide_ref = _widen(out), _widen(ref)
    judged = ~np.isnan(wide_ref)
    num_nan = int(np.count_nonzero(np.isnan(wide_out) & judged))
    if num_nan:
        return _wrong(f"is NaN in {num_nan} of {out.size} places, the reference not")
    is_infinite = judged & (np.isinf(rounded) | np.isinf(wide_out))
    if np.any(wide_out[is_infinite] != rounded[is_infinite]):
        return _wrong("is infinite in other places than the reference")
    finite = judged & ~is_infinite
    error = _max_relative_error(wide_out[finite], wide_ref[finite])
    if error <= limit:
        return Verdict(ok=True, max_relative_error=error, sentence="")
    return Verdict(
        ok=False,
        max_relative_error=error,
        sentence=f"is off by {error:.2g} (relative); {limit:.2g} is tolerated",
    )


def _max_relative_error(out: np.ndarray, ref: np.ndarray) -> float:
    """Max of |out - ref| / (|ref| + rms(ref)); 0 for nothing to compare."""
    if ref.size == 0:
        return 0.0
    size = np.abs(ref)
    largest = float(np.max(size))
    # Scaled by the largest, because the square of a float64 may overflow.
    rms = largest * float(np.sqrt(np.mean((size / largest) ** 2))) if largest else 1.0
    return float(np.max(np.abs(out - ref) / (size + rms)))


def _widen(array: np.ndarray) -> np.ndarray:
    is_complex = np.issubdtype(array.dtype, np.complexfloating)
    return array.astype(np.complex128 if is_complex else np.float64)


def _is_inexact(dtype: np.dtype) -> bool:
    """Whether a dtype rounds; ml_dtypes' floats are none of NumPy's own kinds."""
    if np.issubdtype(dtype, np.inexact):
        return True
    try:
        ml_dtypes.finfo(dtype)
    except ValueError:
        return False
    return True


def _component_bytes(dtype: np.dtype) -> int:
    is_complex = np.issubdtype(dtype, np.complexfloating)
    return dtype.itemsize // 2 if is_complex else dtype.itemsize


def _wrong(sentence: str) -> Verdict:
    return Verdict(ok=False, max_relative_error=float("inf"), sentence=sentence)
