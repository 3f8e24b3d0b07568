"""How much arithmetic and traffic a traced program is, by its textbook algorithm.

Imports jax.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jax.extend import core as jex

from mlopt.measure.plan import Work

# What moves or renames data and computes nothing.
_MOVES: Final = frozenset(
    {
        "broadcast_in_dim",
        "concatenate",
        "convert_element_type",
        "copy",
        "copy_p",
        "dynamic_slice",
        "dynamic_update_slice",
        "expand_dims",
        "gather",
        "iota",
        "pad",
        "reshape",
        "rev",
        "select_n",
        "slice",
        "split",
        "squeeze",
        "stop_gradient",
        "transpose",
    }
)
_LOOKUPS: Final = frozenset({"gather", "dynamic_slice"})
_CALLS: Final = frozenset({"jit", "pjit", "closed_call"})
# Narrow types that the hardware multiplies faster than float32.
_RATES: Final = {"bfloat16": 2.0, "float16": 2.0, "int8": 4.0, "uint8": 4.0}


@dataclass(frozen=True, slots=True)
class Count:
    """One part of a program.

    Attributes:
        flops: 2 for each multiply-accumulate, 1 for each element of other arithmetic.
        longest_sum: terms added into one element, at most; scales rounding tolerance.
        rate: how much faster than float32 the multiplications may run.
    """

    flops: float = 0.0
    longest_sum: int = 1
    rate: float = 1.0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.flops + other.flops,
            max(self.longest_sum, other.longest_sum),
            max(self.rate, other.rate),
        )

    def times(self, count: int) -> "Count":
        """The same part so often; its sums are not joined."""
        return Count(self.flops * count, self.longest_sum, self.rate)


def count(closed: jex.ClosedJaxpr) -> Count:
    """Arithmetic of a program: loops by their length, branches by the costliest.

    A `while` whose length only the data knows counts once.
    """
    return _of_jaxpr(closed.jaxpr)


def work_of(closed: jex.ClosedJaxpr) -> Work:
    """What one call does at least: `count`; every result, argument and constant once.

    Of what is only looked up in, what is looked up counts.
    """
    counted = count(closed)
    given = (*closed.jaxpr.constvars, *closed.jaxpr.invars)
    read = sum(_bytes_read(closed.jaxpr, variable) for variable in given)
    return Work(
        flops=counted.flops,
        num_bytes=float(read + sum(map(_num_bytes, closed.out_avals))),
        rate_multiplier=counted.rate,
    )


def _bytes_read(jaxpr: Any, variable: Any) -> int:
    whole = _num_bytes(variable.aval)
    if any(result is variable for result in jaxpr.outvars):
        return whole
    read = 0
    for equation in jaxpr.eqns:
        for position, operand in enumerate(equation.invars):
            if operand is variable:
                read += _bytes_read_by(equation, position, whole)
    return min(read, whole)


def _bytes_read_by(equation: Any, position: int, whole: int) -> int:
    name = equation.primitive.name
    if name in _LOOKUPS and position == 0:
        return _num_bytes(equation.outvars[0].aval)
    # Bodies of loops are left out: a slice a step may well be the whole in the end.
    body = equation.params.get("jaxpr") if name in _CALLS else None
    if body is None:
        return whole
    return _bytes_read(_open(body), _open(body).invars[position])


def _of_jaxpr(jaxpr: Any) -> Count:
    return sum(map(_of_equation, jaxpr.eqns), Count())


def _of_equation(equation: Any) -> Count:
    name = equation.primitive.name
    if name == "scan":
        return _of_jaxpr(_open(equation.params["jaxpr"])).times(
            equation.params["length"]
        )
    if name == "cond":
        branches = [_of_jaxpr(_open(b)) for b in equation.params["branches"]]
        return max(branches, key=lambda branch: branch.flops)
    inner = list(_inner(equation.params))
    if inner:
        return sum(map(_of_jaxpr, inner), Count())
    if name in _COUNTS:
        return _COUNTS[name](equation)
    if name in _MOVES:
        return Count()
    if name.startswith(("reduce_", "arg", "cum")):
        return _of_reduction(equation)
    return Count(flops=float(_size(equation.outvars[0])))


def _of_product(equation: Any) -> Count:
    left, right = (v.aval for v in equation.invars[:2])
    (contracting, _), _ = equation.params["dimension_numbers"]
    length = math.prod(left.shape[axis] for axis in contracting)
    return _of_sums(equation, length, left.dtype, right.dtype)


def _of_convolution(equation: Any) -> Count:
    image, kernel = (v.aval for v in equation.invars[:2])
    out_features = equation.params["dimension_numbers"].rhs_spec[0]
    length = math.prod(kernel.shape) // kernel.shape[out_features]
    return _of_sums(equation, length, image.dtype, kernel.dtype)


def _of_sums(equation: Any, length: int, *dtypes: Any) -> Count:
    """Each element of the result is a sum of so many products."""
    rate = min(_RATES.get(str(dtype), 1.0) for dtype in dtypes)
    return Count(2.0 * _size(equation.outvars[0]) * length, length, rate)


def _of_window(equation: Any) -> Count:
    length = math.prod(equation.params["window_dimensions"])
    return Count(float(_size(equation.outvars[0]) * length), length)


def _of_reduction(equation: Any) -> Count:
    size = _size(equation.invars[0])
    return Count(float(size), max(1, size // max(1, _size(equation.outvars[0]))))


_COUNTS: Final[Mapping[str, Callable[[Any], Count]]] = {
    "dot_general": _of_product,
    "conv_general_dilated": _of_convolution,
    "reduce_window": _of_window,
    "reduce_window_sum": _of_window,
    "reduce_window_max": _of_window,
    "reduce_window_min": _of_window,
}


def _inner(params: Mapping[str, Any]) -> Iterator[Any]:
    """The programs inside an equation, such as the body of a loop or of a `jit`."""
    for value in params.values():
        values = value if isinstance(value, tuple | list) else (value,)
        yield from (_open(v) for v in values if hasattr(_open(v), "eqns"))


def _open(value: Any) -> Any:
    return getattr(value, "jaxpr", value)


def _size(variable: Any) -> int:
    return math.prod(variable.aval.shape)


def _num_bytes(aval: Any) -> int:
    return math.prod(aval.shape) * aval.dtype.itemsize
