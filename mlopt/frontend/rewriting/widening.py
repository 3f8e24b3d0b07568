"""Evaluate a traced program in float64, operation by operation.

Answers "what would this very program give with more precision". Tracing the user's
function again under x64 would change the program itself (default dtypes, and with them
the bits that a PRNG draws); so the jaxpr is interpreted instead: every float16,
bfloat16 and float32 value becomes a float64, integers and bits stay what they are.
Imports jax; must not import iree.
"""

from collections.abc import Sequence
from typing import Any, Final

import jax
import jax.extend.core as jex
import jax.numpy as jnp
from jax import lax

from mlopt.frontend.rewriting.interpreter import Interpreter

# What is about the bits of a dtype, or draws random numbers from them, is evaluated in
# the program's own dtype and widened afterwards.
_OWN_DTYPE: Final = ("bitcast_convert_type", "nextafter", "random_", "rng_", "ffi_")
_WIDER: Final = {
    "float16": jnp.float64,
    "bfloat16": jnp.float64,
    "float32": jnp.float64,
    "complex64": jnp.complex128,
}


class WideInterpreter(Interpreter):
    """Evaluates jaxprs with wide floats. Use under `jax.enable_x64(True)`.

    Attributes:
        narrow: names of the operations that had to run in their own dtype, among
            those that compute with floats.
    """

    def __init__(self) -> None:
        self.narrow: set[str] = set()

    def take(self, value: Any) -> Any:
        """Floats among the values may be wide already."""
        return widen(value)

    def apply(self, equation: Any, operands: Sequence[Any]) -> list[Any]:
        """In wide floats, where the operation is defined for them."""
        if not equation.primitive.name.startswith(_OWN_DTYPE):
            try:
                results = self.bind(equation, operands, self._widened)
                return [widen(result) for result in results]
            except Exception:
                pass  # whatever an operation says that is not defined for float64
        return self._narrowed(equation, operands)

    def _narrowed(self, equation: Any, operands: Sequence[Any]) -> list[Any]:
        """The operation as the program has it, between casts."""
        avals = [atom.aval for atom in equation.invars]
        if any(_is_wide(aval) for aval in avals):
            self.narrow.add(equation.primitive.name)
        cast = [
            lax.convert_element_type(value, aval.dtype) if _is_wide(aval) else value
            for value, aval in zip(operands, avals, strict=True)
        ]
        return [widen(v) for v in self.bind(equation, cast)]

    def _widened(self, value: Any) -> Any:
        """A parameter of an operation for wide operands."""
        if isinstance(value, jex.ClosedJaxpr):
            wide = [_wide_aval(aval) for aval in value.in_avals]
            return jax.make_jaxpr(self.closed(value))(*wide)
        if isinstance(value, jex.Jaxpr):
            wide = [_wide_aval(variable.aval) for variable in value.invars]
            return jax.make_jaxpr(self.closed(value))(*wide).jaxpr
        if isinstance(value, lax.DotAlgorithm | lax.DotAlgorithmPreset):
            return None
        name = getattr(value, "name", None) or getattr(value, "__name__", None)
        is_dtype = isinstance(value, jnp.dtype | type)
        return jnp.dtype(_WIDER[name]) if is_dtype and name in _WIDER else value


def widen(value: Any) -> Any:
    """A float32, bfloat16, float16 or complex64 value in double precision."""
    dtype = jax.typeof(value).dtype
    wide = _WIDER.get(str(dtype))
    return value if wide is None else lax.convert_element_type(value, wide)


def _is_wide(aval: Any) -> bool:
    return str(getattr(aval, "dtype", "")) in _WIDER


def _wide_aval(aval: Any) -> Any:
    dtype = _WIDER.get(str(aval.dtype), aval.dtype)
    return jax.ShapeDtypeStruct(aval.shape, dtype)
