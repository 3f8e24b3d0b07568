"""Rewrite a traced program so that its loops do not compute what they need not.

Answers "what of a loop's body could be computed before it". The product of a step's
input and a matrix that stays needs nothing of the steps before: over all steps at once
it is one large product, where each step has a few rows only. Imports jax; must not
import iree.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jax
import jax.extend.core as jex

from mlopt.frontend.rewriting.dependence import (
    Level,
    level_of,
    levels_of,
    variables,
)
from mlopt.frontend.rewriting.interpreter import Interpreter, repeat, retrace

# An invariant of fewer elements is recomputed in a step for less than it costs to keep.
_MIN_ELEMENTS: Final = 256
# What costs nothing, or makes more of its operands, is no reason to leave a loop.
_FREE: Final = frozenset(
    {
        "broadcast_in_dim",
        "copy",
        "expand_dims",
        "reshape",
        "squeeze",
    }
)


def hoist(jaxpr: jex.ClosedJaxpr, *, products: bool = True) -> jex.ClosedJaxpr:
    """The same program with less in its `scan`s; the jaxpr itself where all must stay.

    Rewrite:
        scan over x_t:  h = f(h @ u + x_t @ w)
        ->
        xw = xs @ w
        scan over xw_t: h = f(h @ u + xw_t)

    Args:
        products: whether products of the steps' inputs leave the loop, or only what is
            the same in every step.
    """
    flat = retrace(Interpreter(), jaxpr)
    hoisting = _Hoisting(products=products)
    hoisted = retrace(hoisting, flat)
    return hoisted if hoisting.has_hoisted else jaxpr


class _Hoisting(Interpreter):
    """Binds every operation as it is, but for loops."""

    def __init__(self, *, products: bool) -> None:
        self._products = products
        self.has_hoisted = False

    def scan(self, params: dict[str, Any], operands: list[Any]) -> list[Any]:
        # Inner loops first: what leaves them may leave this one too.
        body = retrace(self, params["jaxpr"])
        split = _split(body, params, products=self._products)
        if split is None:
            return repeat(jex.jaxpr_as_fun(body), params, operands)
        self.has_hoisted = True
        return split.bind(params, operands)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """A loop's body in two.

    Attributes:
        body: its jaxpr; consts: the values of its constants.
        before: operations that are evaluated before the loop; inside: in each step.
        invariants: results of `before` that the steps read, the same in all of them.
        products: those that each step reads its own part of.
    """

    body: Any
    consts: Sequence[Any]
    before: Sequence[Any]
    inside: Sequence[Any]
    invariants: Sequence[Any]
    products: Sequence[Any]

    def bind(self, params: dict[str, Any], operands: list[Any]) -> list[Any]:
        """Results of the loop, from its operands."""
        num_consts = params["num_consts"]
        num_before_xs = num_consts + params["num_carry"]
        consts, carry = operands[:num_consts], operands[num_consts:num_before_xs]
        invariants, products = self._evaluated_before(
            consts, operands[num_before_xs:], num_before_xs, params["length"]
        )
        names = self.body.invars
        scanned = self._still_scanned(names[num_before_xs:])
        inner_names = [
            *(*names[:num_consts], *self.invariants),
            *names[num_consts:num_before_xs],
            *(*scanned, *self.products),
        ]
        xs = [operands[names.index(variable)] for variable in scanned]
        return repeat(
            self._step(inner_names),
            {**params, "num_consts": num_consts + len(invariants)},
            [*consts, *invariants, *carry, *xs, *products],
        )

    def _evaluated_before(
        self, consts: Sequence[Any], xs: Sequence[Any], num_before_xs: int, length: int
    ) -> tuple[list[Any], list[Any]]:
        """Values of `invariants`, and of `products` with one row for each step."""

        def compute(consts: Sequence[Any], xs: Sequence[Any]) -> list[Any]:
            names = (
                *self.body.invars[: len(consts)],
                *self.body.invars[num_before_xs:],
            )
            values = dict(zip(names, (*consts, *xs), strict=True)) | self._constants
            wanted = (*self.invariants, *self.products)
            return _AsTheyAre().run(self.before, values, wanted)

        num = len(self.invariants)
        axes = [None] * num + [0] * len(self.products)
        results = jax.vmap(compute, (None, 0), axes, axis_size=length)(
            list(consts), list(xs)
        )
        return results[:num], results[num:]

    def _still_scanned(self, scanned: Sequence[Any]) -> list[Any]:
        """Those of the scanned inputs that the steps read themselves."""
        inside = (atom for equation in self.inside for atom in equation.invars)
        read = variables([*inside, *self.body.outvars])
        return [variable for variable in scanned if variable in read]

    def _step(self, names: Sequence[Any]) -> Callable[..., list[Any]]:
        def step(*arguments: Any) -> list[Any]:
            values = dict(zip(names, arguments, strict=True)) | self._constants
            return _AsTheyAre().run(self.inside, values, self.body.outvars)

        return step

    @property
    def _constants(self) -> dict[Any, Any]:
        return dict(zip(self.body.constvars, self.consts, strict=True))


class _AsTheyAre(Interpreter):
    """Binds every operation as it is, control flow too."""

    def enters(self, name: str) -> bool:
        return False


def _split(
    closed: jex.ClosedJaxpr, params: dict[str, Any], *, products: bool
) -> _Split | None:
    """What leaves a loop; None where nothing does."""
    body: Any = closed.jaxpr
    if params["length"] < 2:
        return None
    levels = levels_of(body, params["num_consts"], params["num_carry"])
    leaving = {
        out
        for equation in body.eqns
        for out in equation.outvars
        if _leaves(equation, levels, products=products)
    }
    inside = _needed(body.eqns, body.outvars, leaving)
    read = variables([*(a for e in inside for a in e.invars), *body.outvars])
    crossing = [v for e in body.eqns for v in e.outvars if v in leaving and v in read]
    if not crossing:
        return None
    return _Split(
        body=body,
        consts=closed.consts,
        before=_needed(body.eqns, crossing, set()),
        inside=inside,
        invariants=[v for v in crossing if levels[v] is Level.INVARIANT],
        products=[v for v in crossing if levels[v] is Level.STEP],
    )


def _leaves(equation: Any, levels: Mapping[Any, Level], *, products: bool) -> bool:
    """Whether it is worth computing before the loop."""
    match level_of(equation, levels):
        case Level.CARRIED:
            return False
        case Level.STEP:
            return products and equation.primitive.name == "dot_general"
        case Level.INVARIANT:
            return _is_work(equation)


def _is_work(equation: Any) -> bool:
    """Whether an invariant costs more to compute than to read."""
    if equation.primitive.name == "dot_general":
        return True
    size = _num_elements(equation.outvars)
    is_large = _MIN_ELEMENTS <= size <= _num_elements(variables(equation.invars))
    return is_large and equation.primitive.name not in _FREE


def _num_elements(variables: Iterable[Any]) -> int:
    return sum(math.prod(v.aval.shape) for v in variables)


def _needed(
    equations: Sequence[Any], wanted: Sequence[Any], known: Collection[Any]
) -> list[Any]:
    """The operations that give what is wanted, where some values are known."""
    missing = variables(wanted) - set(known)
    needed = []
    for equation in reversed(equations):
        if equation.effects or not missing.isdisjoint(equation.outvars):
            needed.append(equation)
            missing |= variables(equation.invars) - set(known)
    return needed[::-1]
