"""Random inputs that look like the user's own: never zeros, domains kept.

Answers "what do we feed a program so that a wrong kernel shows". Imports neither jax
nor iree, so that a measuring worker can draw them itself.
"""

from collections.abc import Sequence
from typing import Final

import ml_dtypes
import numpy as np

from mlopt.core.tensors import TensorSpec

# Small enough to be an index into most axes, and not 0.
_INT_LOW, _INT_HIGH = 1, 4
# What a constant leaf is varied by, relative to itself: a layer norm's scale of ones
# stays near one, and yet no longer hides a kernel that forgets it.
_CONSTANT_SPREAD: Final = 0.1
# Replaces a constant zero: a fresh bias or an optimizer's first moment.
_ZERO_SCALE: Final = 0.01


def random_inputs(
    specs: Sequence[TensorSpec],
    seed: int,
    like: Sequence[np.ndarray] | None = None,
) -> tuple[np.ndarray, ...]:
    """Draw one array per spec.

    Without `like`: floats standard normal, integers 1 to 4, booleans fair coins.
    With `like`, the user's examples: integers and booleans are kept, since they may
    be indices, keys or masks; floats are drawn anew with the example's mean, spread
    and sign, since they may be variances. Scalars, 0/1 masks and arrays with
    infinities are kept.
    """
    rng = np.random.default_rng(seed)
    if like is None:
        return tuple(_draw(spec, rng) for spec in specs)
    return tuple(
        _draw_like(spec, example, rng)
        for spec, example in zip(specs, like, strict=True)
    )


def numpy_dtype(name: str) -> np.dtype:
    """NumPy's dtype of that name, those of ml_dtypes included.

    Raises:
        TypeError: no such dtype.
    """
    return np.dtype(getattr(ml_dtypes, name, name))


def _draw(spec: TensorSpec, rng: np.random.Generator) -> np.ndarray:
    dtype = numpy_dtype(spec.dtype)
    if _is_float(dtype):
        return _normal(spec.shape, rng).astype(dtype)
    if dtype.kind == "c":
        parts = _normal(spec.shape, rng) + 1j * _normal(spec.shape, rng)
        return np.asarray(parts).astype(dtype)
    if dtype.kind == "b":
        coins = np.asarray(rng.random(spec.shape) < 0.5)
        coins.reshape(-1)[:1] = True
        return coins
    return np.asarray(rng.integers(_INT_LOW, _INT_HIGH + 1, spec.shape)).astype(dtype)


def _draw_like(
    spec: TensorSpec, example: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    dtype = numpy_dtype(spec.dtype)
    example = np.asarray(example, dtype=dtype).reshape(spec.shape)
    if dtype.kind == "c" and example.size > 1:
        scale = float(np.std(example)) or 1.0
        return (_draw(spec, rng) * scale).astype(dtype)
    if not _is_float(dtype) or example.size <= 1:
        return example
    values = example.astype(np.float64)
    if not np.isfinite(values).all() or np.isin(values, (0.0, 1.0)).all():
        return _varied(values, rng).astype(dtype) if _is_constant(values) else example
    return _varied(values, rng).astype(dtype)


def _varied(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Same mean, spread and sign."""
    mean, spread = float(values.mean()), float(values.std())
    noise = _normal(values.shape, rng)
    if _is_constant(values):
        spread = abs(mean) * _CONSTANT_SPREAD if mean else _ZERO_SCALE
    drawn = mean + spread * noise
    if (values >= 0).all():
        return np.abs(drawn)
    if (values <= 0).all():
        return -np.abs(drawn)
    return drawn


def _is_constant(values: np.ndarray) -> bool:
    return bool(np.isfinite(values).all() and (values == values.flat[0]).all())


def _is_float(dtype: np.dtype) -> bool:
    """ml_dtypes' bfloat16 and float8 have kind "V", not "f"."""
    return dtype.kind == "f" or dtype.name.startswith(("bfloat", "float"))


def _normal(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    return np.asarray(rng.standard_normal(shape))
