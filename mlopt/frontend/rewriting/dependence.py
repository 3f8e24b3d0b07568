"""What the values in a loop's body depend on.

Answers "which of them are the same in every step, or the step's own". Must not import
iree.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any, Final

import jax.extend.core as jex

# What may be done to a step's input before it is multiplied: operations that are as
# simple over all steps at once, and take no more memory than their operands.
_SIMPLE: Final = frozenset(
    {
        "abs",
        "add",
        "clamp",
        "concatenate",
        "convert_element_type",
        "copy",
        "cos",
        "div",
        "exp",
        "expand_dims",
        "gather",
        "ge",
        "gt",
        "integer_pow",
        "le",
        "log",
        "logistic",
        "lt",
        "max",
        "min",
        "mul",
        "neg",
        "ne",
        "pow",
        "reshape",
        "rsqrt",
        "select_n",
        "sign",
        "sin",
        "slice",
        "sqrt",
        "square",
        "squeeze",
        "sub",
        "tanh",
        "transpose",
    }
)


class Level(IntEnum):
    """What a value of a loop's body depends on; the largest of its operands'."""

    INVARIANT = 0
    STEP = 1  # on the scanned inputs of the step, by simple operations
    CARRIED = 2


def levels_of(body: Any, num_consts: int, num_carry: int) -> dict[Any, Level]:
    """Of every variable of a loop's body."""
    levels = dict.fromkeys((*body.constvars, *body.invars), Level.INVARIANT)
    levels |= dict.fromkeys(body.invars[num_consts:], Level.CARRIED)
    levels |= dict.fromkeys(body.invars[num_consts + num_carry :], Level.STEP)
    for equation in body.eqns:
        level = level_of(equation, levels)
        levels |= dict.fromkeys(equation.outvars, level)
    return levels


def level_of(equation: Any, levels: Mapping[Any, Level]) -> Level:
    """Of the results of an operation, from the levels of its operands."""
    operands = [levels[v] for v in variables(equation.invars)]
    level = max(operands, default=Level.INVARIANT)
    if equation.effects:
        return Level.CARRIED
    if level is not Level.STEP or equation.primitive.name in _SIMPLE:
        return level
    return level if _is_product_by_invariant(equation, levels) else Level.CARRIED


def _is_product_by_invariant(equation: Any, levels: Mapping[Any, Level]) -> bool:
    """Whether it is a product, without batch dimensions, by what stays the same."""
    if equation.primitive.name != "dot_general":
        return False
    _, (batch, _) = equation.params["dimension_numbers"]
    operands = variables(equation.invars)
    return not batch and Level.INVARIANT in (levels[v] for v in operands)


def variables(atoms: Iterable[Any]) -> set[Any]:
    """Those that are no literals."""
    return {atom for atom in atoms if not isinstance(atom, jex.Literal)}
