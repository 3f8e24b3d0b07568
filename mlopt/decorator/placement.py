"""Which device runs a program: the calling thread, or the workers.

Answers "is this program too small for worker threads". Waking them costs 15 us a
dispatch on 2 cores (18 us for a call that takes 3 on the calling thread), which only
an operation of some size repays. Imports jax; must not import iree.
"""

import math
from collections.abc import Iterator
from typing import Any, Final

import jax.extend.core as jex

from mlopt.core.target import Target

INLINE_DEVICE: Final = "local-sync"
_THREADED_DEVICE: Final = "local-task"
# What one core does in the 15 us that waking another one costs, at 20 GFLOP/s and
# 10 GB/s: below both, even a free second core would not pay.
_SMALL_FLOPS: Final = 300_000
_SMALL_BYTES: Final = 150_000


def choose_device(target: Target, jaxpr: jex.ClosedJaxpr | None) -> str:
    """The calling thread for programs of small operations, else the target's device.

    Args:
        jaxpr: the traced program; None where there is none.
    """
    if target.device_uri != _THREADED_DEVICE or jaxpr is None:
        return target.device_uri
    equations = _leaf_equations(jaxpr.jaxpr)
    is_small = all(map(_is_small, equations))
    return INLINE_DEVICE if is_small else target.device_uri


def _leaf_equations(jaxpr: Any) -> Iterator[Any]:
    """Operations that compute, those inside loops and calls included."""
    for equation in jaxpr.eqns:
        inner = [j for value in equation.params.values() for j in _jaxprs(value)]
        if not inner:
            yield equation
        for nested in inner:
            yield from _leaf_equations(nested)


def _jaxprs(value: Any) -> list[Any]:
    if isinstance(value, jex.ClosedJaxpr):
        return [value.jaxpr]
    if isinstance(value, jex.Jaxpr):
        return [value]
    if isinstance(value, tuple | list):
        return [jaxpr for item in value for jaxpr in _jaxprs(item)]
    return []


def _is_small(equation: Any) -> bool:
    operands = [atom.aval for atom in (*equation.invars, *equation.outvars)]
    moved = sum(_num_bytes(aval) for aval in operands)
    return moved <= _SMALL_BYTES and _flops(equation) <= _SMALL_FLOPS


def _num_bytes(aval: Any) -> int:
    itemsize = getattr(getattr(aval, "dtype", None), "itemsize", 0)
    return math.prod(getattr(aval, "shape", ())) * itemsize


def _flops(equation: Any) -> int:
    """Of contractions; anything else does few operations a byte."""
    if not equation.outvars:
        return 0
    num_results = math.prod(getattr(equation.outvars[0].aval, "shape", ()))
    match equation.primitive.name:
        case "dot_general":
            (contracted, _), _ = equation.params["dimension_numbers"]
            extents = equation.invars[0].aval.shape
            return 2 * num_results * math.prod(extents[axis] for axis in contracted)
        case "conv_general_dilated":
            kernel = equation.invars[1].aval.shape
            axes = equation.params["dimension_numbers"].rhs_spec
            return 2 * num_results * math.prod(kernel[axis] for axis in axes[1:])
    return 0
