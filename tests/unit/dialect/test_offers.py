"""Lists on offer and facts, from numbers that are known."""

import pytest

from mlopt.core.errors import InputError
from mlopt.dialect.expansion import Instruction, Unfit
from mlopt.dialect.facts import Facts, facts_of
from mlopt.dialect.offers import evaluate, number_of


@pytest.fixture
def facts(kernels, cpu) -> Facts:
    return facts_of(kernels.matmul(7, 96, 64), cpu)


@pytest.fixture
def value_of(facts):
    def compute(op, *operands, **attributes):
        line = Instruction(op=f"mlopt.{op}", attributes=attributes)
        return evaluate(line, operands, facts)

    return compute


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(1, 8, (1, 2, 3, 4, 6, 8)), (30, 50, (32, 48)), (97, 200, (96,))],
)
def test_divisors_between_bounds_or_the_extent(value_of, low, high, expected):
    assert value_of("divisors", 96, low=low, high=high) == expected


@pytest.mark.parametrize(
    ("op", "number", "expected"),
    [
        ("multiples", 3, (3, 9)),
        ("multiples", 7, (2, 3, 4, 9)),  # all, where none is one
        ("multiples", 0, (2, 3, 4, 9)),
        ("dividing", 12, (2, 3, 4)),
        ("dividing", 5, (2, 3, 4, 9)),
        ("at_most", 3, (2, 3)),
        ("at_most", 1, (1,)),  # the bound, where all are above it
        ("scaled", 8, (16, 24, 32, 72)),
    ],
)
def test_lists_made_of_lists(value_of, op, number, expected):
    assert value_of(op, value_of("list", values=(2, 3, 4, 9)), number) == expected


def test_a_zero_divides_nothing(value_of):
    assert value_of("dividing", (0, 4), 96) == (4,)


def test_a_number_can_be_put_before_a_list(value_of):
    sizes = value_of("tiles", 96, 64, 512)
    assert sizes == (64, 96)
    assert value_of("prepend", 0, sizes) == (0, 64, 96)


def test_facts_are_asked_by_name(value_of):
    assert value_of("extent", loop="n") == 96
    assert value_of("property", name="target.vector_lanes") == 8


@pytest.mark.parametrize(
    ("op", "attributes", "sentence"),
    [
        ("extent", {"loop": "height"}, "the workload has no loop 'height'"),
        ("property", {"name": "x.y"}, "the workload has no property 'x.y'"),
    ],
)
def test_a_fact_that_is_not_there_makes_a_space_unfit(
    value_of, op, attributes, sentence
):
    with pytest.raises(Unfit) as raised:
        value_of(op, **attributes)
    assert str(raised.value) == sentence


def test_arithmetic_is_done_at_once_where_it_can(facts):
    constant = Instruction(op="arith.constant", attributes={"value": 8})
    assert evaluate(constant, (), facts) == 8
    assert evaluate(Instruction(op="arith.muli"), (8, 3), facts) == 24


def test_what_makes_no_value_is_refused(value_of):
    with pytest.raises(InputError, match=r"'mlopt\.tyles' cannot be computed"):
        value_of("tyles", 96)


@pytest.mark.parametrize(("decision", "number"), [("panel", 2), (True, 1), (48, 48)])
def test_a_decision_is_a_number_in_arithmetic(decision, number):
    line = Instruction(
        op="mlopt.alternatives", attributes={"labels": ("none", "block", "panel")}
    )
    assert number_of(line, decision) == number
