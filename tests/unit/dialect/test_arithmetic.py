"""arith on numbers, and on columns of numbers: the same, and as MLIR defines it."""

import itertools

import numpy as np
import pytest

from mlopt.core.errors import InputError
from mlopt.dialect.arithmetic import function_of

NUMBERS = (-9, -8, -1, 0, 1, 2, 7, 8, 64)
BINARY = ("addi", "subi", "muli", "divsi", "remsi", "minsi", "maxsi")
LOGICAL = ("andi", "ori", "xori")
NOTHING = {}


def compute(op, *operands, **attributes):
    return function_of(f"arith.{op}", attributes)(*operands)


@pytest.mark.parametrize(
    ("op", "operands", "expected"),
    [
        # Towards zero, where Python's // goes down.
        ("divsi", (7, 2), 3),
        ("divsi", (-7, 2), -3),
        ("divsi", (7, -2), -3),
        ("divsi", (-7, -2), 3),
        ("divsi", (-8, 2), -4),
        ("remsi", (7, 2), 1),
        ("remsi", (-7, 2), -1),
        ("remsi", (7, -2), 1),
        # MLIR leaves it open.
        ("divsi", (7, 0), 0),
        ("remsi", (7, 0), 0),
        ("minsi", (-3, 2), -3),
        ("maxsi", (-3, 2), 2),
        ("xori", (True, True), False),
        ("select", (True, 3, 4), 3),
        ("select", (False, 3, 4), 4),
        ("extui", (True,), 1),
    ],
)
def test_an_operation_computes_what_mlir_says(op, operands, expected):
    assert compute(op, *operands) == expected


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (0, [False, True, False]),
        (1, [True, False, True]),
        (2, [True, False, False]),
        (3, [True, True, False]),
        (4, [False, False, True]),
        (5, [False, True, True]),
    ],
)
def test_a_comparison_is_of_its_predicate(predicate, expected):
    found = [compute("cmpi", a, 0, predicate=predicate) for a in (-1, 0, 1)]
    assert found == expected


@pytest.mark.parametrize("op", BINARY)
def test_columns_of_numbers_give_what_numbers_give(op):
    pairs = list(itertools.product(NUMBERS, NUMBERS))
    alone = [compute(op, a, b) for a, b in pairs]
    left, right = np.array(pairs).T
    assert compute(op, left, right).tolist() == alone
    # One operand may be known already.
    for b in NUMBERS:
        together = compute(op, np.array(NUMBERS), b).tolist()
        assert together == [compute(op, a, b) for a in NUMBERS]


@pytest.mark.parametrize("op", LOGICAL)
def test_columns_of_truths_give_what_truths_give(op):
    pairs = list(itertools.product((False, True), repeat=2))
    left, right = np.array(pairs).T
    assert compute(op, left, right).tolist() == [compute(op, a, b) for a, b in pairs]


def test_a_column_selects_element_by_element():
    condition = np.array([True, False, True])
    assert compute("select", condition, 8, np.array([1, 2, 3])).tolist() == [8, 2, 8]
    assert compute("select", True, np.array([1, 2]), 0).tolist() == [1, 2]


def test_truths_are_added_up_as_numbers():
    extended = compute("extui", np.array([True, True]))
    assert (extended + extended).tolist() == [2, 2]


@pytest.mark.parametrize("predicate", [6, 9, None])
def test_unsigned_comparisons_are_refused(predicate):
    with pytest.raises(InputError, match="of signed integers"):
        function_of("arith.cmpi", {"predicate": predicate})


@pytest.mark.parametrize("op", ["arith.divui", "arith.addf", "math.exp2"])
def test_other_operations_are_refused_by_name(op):
    with pytest.raises(InputError, match=f"'{op}' cannot be computed in a space"):
        function_of(op, NOTHING)
