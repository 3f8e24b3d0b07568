"""Evaluate a traced program in float64, operation by operation.

Answers "what would this very program give with more precision". Tracing the user's
function again under x64 would change the program itself (default dtypes, and with them
the bits that a PRNG draws); so the jaxpr is interpreted instead: every float16,
bfloat16 and float32 value becomes a float64, integers and bits stay what they are.
Imports jax; must not import iree.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import jax
import jax.extend.core as jex
import jax.numpy as jnp
from jax import lax

# What is about the bits of a dtype, or draws random numbers from them, is evaluated in
# the program's own dtype and widened afterwards.
_OWN_DTYPE: Final = ("bitcast_convert_type", "nextafter", "random_", "rng_", "ffi_")
# Operations that only wrap a jaxpr, by the parameter that holds it.
_WRAPPERS: Final = ("jaxpr", "call_jaxpr", "fun_jaxpr")
_INLINED: Final = frozenset(
    {
        "jit",
        "pjit",
        "closed_call",
        "core_call",
        "checkpoint",
        "remat",
        "remat2",
        "custom_jvp_call",
        "custom_vjp_call",
        "custom_vjp_call_jaxpr",
        "custom_lin",
    }
)
_WIDER: Final = {
    "float16": jnp.float64,
    "bfloat16": jnp.float64,
    "float32": jnp.float64,
    "complex64": jnp.complex128,
}


class WideInterpreter:
    """Evaluates jaxprs with wide floats. Use under `jax.enable_x64(True)`.

    Attributes:
        narrow: names of the operations that had to run in their own dtype, among
            those that compute with floats.
    """

    def __init__(self) -> None:
        self.narrow: set[str] = set()

    def evaluate(
        self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]
    ) -> list[Any]:
        """Outputs of an open jaxpr; floats among the values may be wide already."""
        values: dict[Any, Any] = {}

        def read(atom: Any) -> Any:
            return widen(atom.val) if isinstance(atom, jex.Literal) else values[atom]

        values.update(zip(jaxpr.constvars, map(widen, consts), strict=True))
        values.update(zip(jaxpr.invars, map(widen, arguments), strict=True))
        for equation in jaxpr.eqns:
            operands = [read(atom) for atom in equation.invars]
            results = self._apply(equation, operands)
            values.update(zip(equation.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _apply(self, equation: Any, operands: list[Any]) -> list[Any]:
        name = equation.primitive.name
        if name in _INLINED:
            return self._inline(equation.params, operands)
        if name in _CONTROL_FLOW:
            return _CONTROL_FLOW[name](self, equation.params, operands)
        if not name.startswith(_OWN_DTYPE):
            try:
                results = self._bind(equation, operands, self._widened)
                return [widen(result) for result in results]
            except Exception:
                pass  # whatever an operation says that is not defined for float64
        return self._narrowed(equation, operands)

    def _inline(self, params: dict[str, Any], operands: list[Any]) -> list[Any]:
        inner = next(params[key] for key in _WRAPPERS if key in params)
        return self.closed(inner)(*operands)

    def closed(self, jaxpr: Any) -> Callable[..., list[Any]]:
        """A jaxpr, open or closed, as a function of wide values."""
        if isinstance(jaxpr, jex.ClosedJaxpr):
            return lambda *values: self.evaluate(jaxpr.jaxpr, jaxpr.consts, values)
        return lambda *values: self.evaluate(jaxpr, (), values)

    def _narrowed(self, equation: Any, operands: list[Any]) -> list[Any]:
        """The operation as the program has it, between casts."""
        avals = [atom.aval for atom in equation.invars]
        if any(_is_wide(aval) for aval in avals):
            self.narrow.add(equation.primitive.name)
        cast = [
            lax.convert_element_type(value, aval.dtype) if _is_wide(aval) else value
            for value, aval in zip(operands, avals, strict=True)
        ]
        return [widen(v) for v in self._bind(equation, cast, lambda value: value)]

    def _bind(
        self, equation: Any, operands: list[Any], adapt: Callable[[Any], Any]
    ) -> list[Any]:
        params = {key: adapt(value) for key, value in equation.params.items()}
        bound = equation.primitive.get_bind_params(params)
        results = equation.primitive.bind(*operands, **bound)
        return list(results) if equation.primitive.multiple_results else [results]

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


def _scan(
    interpreter: WideInterpreter, params: dict[str, Any], operands: list[Any]
) -> list[Any]:
    num_consts, num_carry = params["num_consts"], params["num_carry"]
    consts = operands[:num_consts]
    body = interpreter.closed(params["jaxpr"])

    def step(carry: Any, xs: Any) -> Any:
        results = body(*consts, *carry, *xs)
        return results[:num_carry], results[num_carry:]

    carry, ys = lax.scan(
        step,
        operands[num_consts : num_consts + num_carry],
        operands[num_consts + num_carry :],
        length=params["length"],
        reverse=params["reverse"],
    )
    return [*carry, *ys]


def _while(
    interpreter: WideInterpreter, params: dict[str, Any], operands: list[Any]
) -> list[Any]:
    num_test, num_body = params["cond_nconsts"], params["body_nconsts"]
    test_consts = operands[:num_test]
    body_consts = operands[num_test : num_test + num_body]
    test = interpreter.closed(params["cond_jaxpr"])
    body = interpreter.closed(params["body_jaxpr"])
    return lax.while_loop(
        lambda carry: test(*test_consts, *carry)[0],
        lambda carry: body(*body_consts, *carry),
        operands[num_test + num_body :],
    )


def _cond(
    interpreter: WideInterpreter, params: dict[str, Any], operands: list[Any]
) -> list[Any]:
    branches = [interpreter.closed(branch) for branch in params["branches"]]
    index, *values = operands
    return list(lax.switch(index, branches, *values))


_CONTROL_FLOW: Final = {"scan": _scan, "while": _while, "cond": _cond}


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
