"""Evaluate a traced program, operation by operation, with some of them replaced.

Answers "how is a jaxpr rewritten": subclasses say what becomes of an operation, and
calls and control flow are followed here. Imports jax; must not import iree.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import jax
import jax.extend.core as jex
from jax import lax

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


class Interpreter:
    """Follows a jaxpr with values, which may be tracers.

    Attributes:
        enters_loops: whether what loops repeat is followed, or bound as it is.
    """

    enters_loops: bool = True

    def evaluate(
        self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]
    ) -> list[Any]:
        """Outputs of an open jaxpr."""
        values = dict(zip(jaxpr.constvars, map(self.take, consts), strict=True))
        values |= zip(jaxpr.invars, map(self.take, arguments), strict=True)
        return self.run(self.arrange(jaxpr), values, jaxpr.outvars)

    def arrange(self, jaxpr: Any) -> Sequence[Any]:
        """The operations of a jaxpr in the order in which they are followed."""
        return jaxpr.eqns

    def run(
        self, equations: Sequence[Any], values: Mapping[Any, Any], wanted: Sequence[Any]
    ) -> list[Any]:
        """Follow operations.

        Args:
            values: of the variables that are known before.
            wanted: the variables and literals whose values are returned.
        """
        known = dict(values)

        def read(atom: Any) -> Any:
            is_literal = isinstance(atom, jex.Literal)
            return self.take(atom.val) if is_literal else known[atom]

        for equation in equations:
            operands = [read(atom) for atom in equation.invars]
            results = self.follow(equation, operands)
            known.update(zip(equation.outvars, results, strict=True))
        return [read(atom) for atom in wanted]

    def take(self, value: Any) -> Any:
        """A value that comes from outside: an argument, a constant, a literal."""
        return value

    def apply(self, equation: Any, operands: Sequence[Any]) -> list[Any]:
        """Results of an operation that contains no other."""
        return self.bind(equation, operands)

    def bind(
        self,
        equation: Any,
        operands: Sequence[Any],
        adapt: Callable[[Any], Any] = lambda value: value,
    ) -> list[Any]:
        """Results of the operation itself.

        Args:
            adapt: what becomes of each of its parameters.
        """
        params = {key: adapt(value) for key, value in equation.params.items()}
        bound = equation.primitive.get_bind_params(params)
        results = equation.primitive.bind(*operands, **bound)
        return list(results) if equation.primitive.multiple_results else [results]

    def closed(self, jaxpr: Any) -> Callable[..., list[Any]]:
        """A jaxpr, open or closed, as a function."""
        if isinstance(jaxpr, jex.ClosedJaxpr):
            return lambda *values: self.evaluate(jaxpr.jaxpr, jaxpr.consts, values)
        return lambda *values: self.evaluate(jaxpr, (), values)

    def enters(self, name: str) -> bool:
        """Whether what such an operation contains is followed too."""
        return self.enters_loops or name not in _LOOPS

    def scan(self, params: dict[str, Any], operands: list[Any]) -> list[Any]:
        """Results of a `scan`, whose body is followed."""
        return repeat(self.closed(params["jaxpr"]), params, operands)

    def follow(self, equation: Any, operands: list[Any]) -> list[Any]:
        """Results of any operation."""
        name = equation.primitive.name
        if name in _INLINED:
            inner = next(equation.params[k] for k in _WRAPPERS if k in equation.params)
            return self.closed(inner)(*operands)
        if name in CONTROL_FLOW and not self.enters(name):
            return self.bind(equation, operands)
        if name in CONTROL_FLOW:
            return CONTROL_FLOW[name](self, equation.params, operands)
        return self.apply(equation, operands)


def retrace(interpreter: Interpreter, jaxpr: jex.ClosedJaxpr) -> jex.ClosedJaxpr:
    """What an interpreter makes of a jaxpr; its inputs and outputs stay."""

    def function(*arguments: Any) -> list[Any]:
        return interpreter.evaluate(jaxpr.jaxpr, jaxpr.consts, arguments)

    structs = [
        jax.ShapeDtypeStruct(aval.shape, aval.dtype, weak_type=aval.weak_type)
        for aval in jaxpr.in_avals
    ]
    return jax.make_jaxpr(function)(*structs)


def repeat(
    body: Callable[..., list[Any]], params: Mapping[str, Any], operands: Sequence[Any]
) -> list[Any]:
    """A `scan` with another body.

    Args:
        body: of the loop's constants, what it carries and its scanned inputs.
        params, operands: the loop's own.
    """
    num_consts, num_carry = params["num_consts"], params["num_carry"]
    consts = operands[:num_consts]

    def step(carry: Any, xs: Any) -> Any:
        results = body(*consts, *carry, *xs)
        return results[:num_carry], results[num_carry:]

    carry, ys = lax.scan(
        step,
        list(operands[num_consts : num_consts + num_carry]),
        list(operands[num_consts + num_carry :]),
        length=params["length"],
        reverse=params["reverse"],
        unroll=params["unroll"],
    )
    return [*carry, *ys]


def _scan(
    interpreter: Interpreter, params: dict[str, Any], operands: list[Any]
) -> list[Any]:
    return interpreter.scan(params, operands)


def _while(
    interpreter: Interpreter, params: dict[str, Any], operands: list[Any]
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
    interpreter: Interpreter, params: dict[str, Any], operands: list[Any]
) -> list[Any]:
    branches = [interpreter.closed(branch) for branch in params["branches"]]
    index, *values = operands
    return list(lax.switch(index, branches, *values))


_LOOPS: Final = frozenset({"scan", "while"})
# By name, the operations that repeat or choose among others.
CONTROL_FLOW: Final = {"scan": _scan, "while": _while, "cond": _cond}
