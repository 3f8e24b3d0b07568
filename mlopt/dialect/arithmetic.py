"""The arith dialect on numbers and on NumPy arrays alike. Imports core only.

Integers are as wide as Python's, or 64 bits in arrays; a division by zero is 0, where
MLIR says it is undefined.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np

from mlopt.core.errors import InputError
from mlopt.core.template import Attribute

_Function: TypeAlias = Callable[..., Any]

_PREDICATES: Final[Mapping[int, _Function]] = {
    0: lambda a, b: a == b,
    1: lambda a, b: a != b,
    2: lambda a, b: a < b,
    3: lambda a, b: a <= b,
    4: lambda a, b: a > b,
    5: lambda a, b: a >= b,
}


def _is_array(*values: Any) -> bool:
    return any(isinstance(value, np.ndarray) for value in values)


def _quotient(a: Any, b: Any) -> Any:
    """Towards zero, as arith.divsi."""
    if not _is_array(a, b):
        return 0 if b == 0 else (abs(a) // abs(b)) * (1 if (a < 0) == (b < 0) else -1)
    safe = np.where(b == 0, 1, b)
    return np.where(b == 0, 0, np.abs(a) // np.abs(safe) * np.sign(a) * np.sign(safe))


def _remainder(a: Any, b: Any) -> Any:
    """With the sign of the dividend, as arith.remsi."""
    if not _is_array(a, b):
        return 0 if b == 0 else a - b * _quotient(a, b)
    return np.where(b == 0, 0, np.fmod(a, np.where(b == 0, 1, b)))


def _select(condition: Any, a: Any, b: Any) -> Any:
    if _is_array(condition, a, b):
        return np.where(condition, a, b)
    return a if condition else b


def _minimum(a: Any, b: Any) -> Any:
    return np.minimum(a, b) if _is_array(a, b) else min(a, b)


def _maximum(a: Any, b: Any) -> Any:
    return np.maximum(a, b) if _is_array(a, b) else max(a, b)


def _extended(a: Any) -> Any:
    return a.astype(np.int64) if _is_array(a) else int(a)


_FUNCTIONS: Final[Mapping[str, _Function]] = {
    "arith.addi": lambda a, b: a + b,
    "arith.subi": lambda a, b: a - b,
    "arith.muli": lambda a, b: a * b,
    "arith.divsi": _quotient,
    "arith.remsi": _remainder,
    "arith.minsi": _minimum,
    "arith.maxsi": _maximum,
    "arith.andi": lambda a, b: a & b,
    "arith.ori": lambda a, b: a | b,
    "arith.xori": lambda a, b: a ^ b,
    "arith.select": _select,
    "arith.extui": _extended,
}


def function_of(op: str, attributes: Mapping[str, Attribute]) -> _Function:
    """What an arithmetic operation computes.

    Raises:
        InputError: an operation that is not understood in a space.
    """
    if op == "arith.cmpi":
        predicate = attributes["predicate"]
        if not isinstance(predicate, int) or predicate not in _PREDICATES:
            raise InputError("comparisons are of signed integers here")
        return _PREDICATES[predicate]
    if op not in _FUNCTIONS:
        raise InputError(f"'{op}' cannot be computed in a space")
    return _FUNCTIONS[op]
