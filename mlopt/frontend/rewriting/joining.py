"""Rewrite a traced program so that products of one operand become one product.

Answers "which matrix products could be one". Queries, keys and values of attention, or
the gates of a recurrent cell, multiply the same activations by several matrices: one
product by these matrices side by side reads the activations once, and has more columns
to share among cores. Imports jax; must not import iree.
"""

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jax.extend.core as jex
from jax import lax

from mlopt.frontend.rewriting.folding import fold
from mlopt.frontend.rewriting.hoisting import hoist
from mlopt.frontend.rewriting.interpreter import Interpreter, retrace

_LEFT: Final = 0
_RIGHT: Final = 1
# Operands are set side by side by a copy, which costs as much as some tens of rows of
# the product: where it is made in every call, only so many rows are worth it. With the
# three products of 128 rows in one, a BERT layer took 4% to 16% longer (data tiling).
_MIN_ROWS: Final = 1024


def join(jaxpr: jex.ClosedJaxpr) -> jex.ClosedJaxpr:
    """The same program with products joined; the jaxpr itself where there are none.

    Rewrite:
        a = x @ u
        b = x @ v
        ->
        ab = x @ [u v]
        a, b = ab[:, :n], ab[:, n:]

    Where `scan` repeats it, [u v] is made before the loop, and of constants it is made
    by the compiler. Elsewhere it costs a copy in every call, and only products of many
    rows are joined. What `while` repeats stays.
    """
    # Calls are inlined first, so that the products of one operand lie side by side.
    flat = retrace(Interpreter(), jaxpr)
    joining = _Joining()
    joined = retrace(joining, flat)
    if not joining.has_joined:
        return jaxpr
    return fold(hoist(joined, products=False))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JoinedProduct:
    """Several `dot_general` that share an operand, as one operation.

    Attributes:
        members: the operations, in their order.
        side: which operand they share, 0 or 1.
    """

    members: tuple[Any, ...]
    side: int

    @property
    def invars(self) -> list[Any]:
        """The shared operand, and each of the others once."""
        others = _others(self.members, self.side)
        return [self.members[0].invars[self.side], *others]

    @property
    def outvars(self) -> list[Any]:
        """One result for each member."""
        return [equation.outvars[0] for equation in self.members]

    def bind(self, operands: Sequence[Any]) -> list[Any]:
        """Slices of the one product."""
        first = self.members[0]
        shared, *others = operands
        axis = _free(first, 1 - self.side)[0]
        pair = [lax.concatenate(others, axis), shared]
        left, right = pair if self.side == _RIGHT else reversed(pair)
        whole = first.primitive.bind(left, right, **first.params)
        # Free dimensions of the left operand come first in the result.
        result_axis = 0 if self.side == _RIGHT else len(_free(first, _LEFT))
        slices, start = {}, 0
        for variable, other in zip(self.invars[1:], others, strict=True):
            end = start + other.shape[axis]
            slices[variable] = lax.slice_in_dim(whole, start, end, axis=result_axis)
            start = end
        return [slices[e.invars[1 - self.side]] for e in self.members]


class _Joining(Interpreter):
    """Binds every operation as it is, but for products that share an operand."""

    def __init__(self) -> None:
        self.has_joined = False
        self._num_invariant: dict[int, int] = {}  # inputs of a body, by its identity

    def scan(self, params: dict[str, Any], operands: list[Any]) -> list[Any]:
        body = params["jaxpr"].jaxpr
        self._num_invariant[id(body)] = params["num_consts"]
        return super().scan(params, operands)

    def enters(self, name: str) -> bool:
        return name != "while"

    def arrange(self, jaxpr: Any) -> Sequence[Any]:
        num_invariant = self._num_invariant.get(id(jaxpr), 0)
        return _joined_units(jaxpr.eqns, _made_once(jaxpr, num_invariant))

    def follow(self, equation: Any, operands: list[Any]) -> list[Any]:
        if not isinstance(equation, JoinedProduct):
            return super().follow(equation, operands)
        self.has_joined = True
        return equation.bind(operands)


def _made_once(jaxpr: Any, num_invariant: int) -> set[Any]:
    """Variables that are not computed anew in every call, or step of a loop.

    Args:
        num_invariant: how many of the inputs are so, from the first on.
    """
    known = {*jaxpr.constvars, *jaxpr.invars[:num_invariant]}
    for equation in jaxpr.eqns:
        operands = (a for a in equation.invars if not isinstance(a, jex.Literal))
        if not equation.effects and all(a in known for a in operands):
            known.update(equation.outvars)
    return known


def _joined_units(equations: Sequence[Any], made_once: set[Any]) -> list[Any]:
    """Operations in an order that respects what they need, some of them joined."""
    units = list(equations)
    for side in (_LEFT, _RIGHT):
        for group in _groups(units, side, made_once):
            units = _with_joined(units, group, side)
    return units


def _groups(units: Sequence[Any], side: int, made_once: set[Any]) -> list[list[Any]]:
    """Products that differ in one operand alone, in the order of the first of each."""
    groups: dict[Any, list[Any]] = {}
    for unit in units:
        if _is_plain_product(unit) and _pays(unit, side, made_once):
            groups.setdefault(_key(unit, side), []).append(unit)
    return list(groups.values())


def _pays(product: Any, side: int, made_once: set[Any]) -> bool:
    """Whether a copy of the operand that is not shared is little beside the product."""
    shape = product.invars[side].aval.shape
    num_rows = math.prod(shape[axis] for axis in _free(product, side))
    return num_rows >= _MIN_ROWS or product.invars[1 - side] in made_once


def _is_plain_product(unit: Any) -> bool:
    """Whether it is a product without batch dimensions that has rows and columns."""
    if isinstance(unit, JoinedProduct) or unit.primitive.name != "dot_general":
        return False
    (contracted, _), (batch, _) = unit.params["dimension_numbers"]
    has_both = all(_free(unit, side) for side in (_LEFT, _RIGHT))
    return bool(contracted) and not batch and has_both


def _key(product: Any, side: int) -> Any:
    """What products must have in common to be joined."""
    other = product.invars[1 - side].aval
    _, *rest = _free(product, 1 - side)
    extents = tuple(other.shape[axis] for axis in rest)
    params = tuple(sorted(product.params.items()))
    return id(product.invars[side]), str(other.dtype), len(other.shape), extents, params


def _others(products: Iterable[Any], side: int) -> list[Any]:
    """The operands that products of one operand do not share, each once."""
    return list(dict.fromkeys(e.invars[1 - side] for e in products))


def _free(product: Any, side: int) -> list[int]:
    """Dimensions of an operand that the result has too."""
    contracted = product.params["dimension_numbers"][0][side]
    rank = len(product.invars[side].aval.shape)
    return [axis for axis in range(rank) if axis not in contracted]


def _with_joined(units: list[Any], group: list[Any], side: int) -> list[Any]:
    """The units with a group joined, as far as its members do not need one another."""
    while len(group) > 1:
        chosen, rest, best = group[:1], [], None
        for product in group[1:]:
            arranged = _arranged(_replaced(units, [*chosen, product], side))
            if arranged is None:
                rest.append(product)
            else:
                chosen, best = [*chosen, product], arranged
        # The same product twice is for the compiler to find.
        if best and len(_others(chosen, side)) > 1:
            units = best
        group = rest
    return units


def _replaced(units: Sequence[Any], chosen: list[Any], side: int) -> Iterator[Any]:
    """The units with one product in place of the first of those chosen."""
    for unit in units:
        if unit is chosen[0]:
            yield JoinedProduct(members=tuple(chosen), side=side)
        elif not any(unit is each for each in chosen):
            yield unit


def _arranged(units: Iterator[Any]) -> list[Any] | None:
    """In the order given, but for what others need; None where they need each other."""
    waiting = list(units)
    producer = {out: k for k, unit in enumerate(waiting) for out in unit.outvars}
    missing, users = [], [[] for _ in waiting]
    for index, unit in enumerate(waiting):
        needs = {producer[a] for a in unit.invars if _is_produced(a, producer)}
        missing.append(len(needs))
        for need in needs:
            users[need].append(index)
    ready = [index for index, count in enumerate(missing) if not count]
    arranged = []
    while ready:
        index = heapq.heappop(ready)
        arranged.append(waiting[index])
        for user in users[index]:
            missing[user] -= 1
            if not missing[user]:
                heapq.heappush(ready, user)
    return arranged if len(arranged) == len(waiting) else None


def _is_produced(atom: Any, producer: dict[Any, int]) -> bool:
    return not isinstance(atom, jex.Literal) and atom in producer
