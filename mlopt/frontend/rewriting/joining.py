"""Rewrite a traced program so that products of one operand become one product.

Answers "which matrix products could be one". Queries, keys and values of attention, or
the gates of a recurrent cell, multiply the same activations by several matrices: one
product by these matrices side by side reads the activations once, and has more columns
to share among cores. Imports jax; must not import iree.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jax.extend.core as jex
from jax import lax

from mlopt.frontend.rewriting.hoisting import hoist
from mlopt.frontend.rewriting.interpreter import Interpreter, retrace

_LEFT: Final = 0
_RIGHT: Final = 1


def join(jaxpr: jex.ClosedJaxpr) -> jex.ClosedJaxpr:
    """The same program with products joined; the jaxpr itself where there are none.

    Rewrite:
        a = x @ u
        b = x @ v
        ->
        ab = x @ [u v]
        a, b = ab[:, :n], ab[:, n:]

    Where `scan` repeats it, [u v] is made before the loop. What `while` repeats stays:
    there it would be made in every step.
    """
    # Calls are inlined first, so that the products of one operand lie side by side.
    flat = retrace(Interpreter(), jaxpr)
    joining = _Joining()
    joined = retrace(joining, flat)
    return hoist(joined, products=False) if joining.has_joined else jaxpr


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

    def enters(self, name: str) -> bool:
        return name != "while"

    def arrange(self, jaxpr: Any) -> Sequence[Any]:
        return joined_units(jaxpr.eqns)

    def follow(self, equation: Any, operands: list[Any]) -> list[Any]:
        if not isinstance(equation, JoinedProduct):
            return super().follow(equation, operands)
        self.has_joined = True
        return equation.bind(operands)


def joined_units(equations: Sequence[Any]) -> list[Any]:
    """Operations in an order that respects what they need, some of them joined."""
    units = list(equations)
    for side in (_LEFT, _RIGHT):
        for group in _groups(units, side):
            units = _with_joined(units, group, side)
    return units


def _groups(units: Sequence[Any], side: int) -> list[list[Any]]:
    """Products that differ in one operand alone, in the order of the first of each."""
    groups: dict[Any, list[Any]] = {}
    for unit in units:
        if _is_plain_product(unit):
            groups.setdefault(_key(unit, side), []).append(unit)
    return list(groups.values())


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
