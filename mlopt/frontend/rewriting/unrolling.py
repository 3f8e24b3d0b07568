"""Rewrite a traced program so that the steps of its loops are written out.

Answers "which loops become straight code". IREE runs a loop on the host: each step is a
submission of its own, whose kernels wait for those of the step before to be reported
done. Written out, the steps are one submission, and so are their temporaries. Imports
jax; must not import iree.
"""

from typing import Any, Final, final

import jax.extend.core as jex

from mlopt.frontend.rewriting.interpreter import (
    CONTROL_FLOW,
    Interpreter,
    repeat,
    retrace,
)

# A loop's steps become no more operations than this: IREE compiles some 100 a second.
_MOST_OPERATIONS: Final = 1024


def unroll(jaxpr: jex.ClosedJaxpr) -> jex.ClosedJaxpr:
    """The same program with `scan`s written out, wholly or in part.

    Loops around other control flow stay, and so do those of too many operations; where
    all stay, the jaxpr itself is returned.

    Rewrite:
        for t in 0 .. 31: h = f(h, x_t)
        ->
        for t in 0, 8, 16, 24: h = f(h, x_t); ...; h = f(h, x_{t+7})
        or no loop at all, as far as the limit of operations lets it.
    """
    unrolling = _Unrolling()
    unrolled = retrace(unrolling, jaxpr)
    return unrolled if unrolling.has_unrolled else jaxpr


@final
class _Unrolling(Interpreter):
    """Binds every operation as it is, but for loops."""

    def __init__(self) -> None:
        self.has_unrolled = False

    def scan(self, params: dict[str, Any], operands: list[Any]) -> list[Any]:
        num_steps = _num_steps(params)
        if num_steps > params["unroll"]:
            self.has_unrolled = True
            params = {**params, "unroll": num_steps}
        return repeat(self.closed(params["jaxpr"]), params, operands)


def _num_steps(params: dict[str, Any]) -> int:
    """How many steps are written out together: a divisor of the loop's number."""
    body = params["jaxpr"].jaxpr
    if any(equation.primitive.name in CONTROL_FLOW for equation in _operations(body)):
        return 1
    most = _MOST_OPERATIONS // max(1, len(_operations(body)))
    length = params["length"]
    fitting = (n for n in range(min(most, length), 0, -1) if length % n == 0)
    return next(fitting, 1)


def _operations(jaxpr: Any) -> list[Any]:
    """What a jaxpr does, in what it calls too."""
    found = []
    for equation in jaxpr.eqns:
        found.append(equation)
        for value in equation.params.values():
            if isinstance(value, jex.ClosedJaxpr):
                found += _operations(value.jaxpr)
            elif isinstance(value, jex.Jaxpr):
                found += _operations(value)
    return found
