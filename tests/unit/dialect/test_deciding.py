"""Conditions over decisions: what they read, and where they are not reached."""

from typing import Any

import numpy as np
import pytest

from mlopt.dialect.builders import space
from mlopt.dialect.deciding import Formula
from mlopt.dialect.elaboration import Elaborated, elaborate
from mlopt.dialect.facts import Facts, facts_of


@pytest.fixture
def facts(kernels, cpu) -> Facts:
    return facts_of(kernels.matmul(7, 96, 64), cpu)


@pytest.fixture
def holds(facts):
    """The one requirement of a space, as a function of decisions."""

    def find(say) -> Any:
        found = elaborate(space(kind="any", name="s")(say), facts)
        assert isinstance(found, Elaborated)
        (requirement,) = found.space.requirements
        return requirement.holds

    return find


def test_a_condition_reads_no_more_than_it_needs(holds):
    def say(s):
        a, _ = (s.knob(name, (1, 2), 1) for name in "ab")
        s.require(a + 1 <= 2, "one")

    condition = holds(say)
    assert condition({"a": 1})
    assert not condition({"a": 2})
    with pytest.raises(KeyError, match="a"):
        condition({"b": 1})


def test_a_condition_that_is_not_reached_holds(holds):
    def say(s):
        a, b = (s.knob(name, (1, 2, 4), 1) for name in "ab")
        with s.when(a > 1):
            s.require(b < 4, "short")

    condition = holds(say)
    alone = [condition({"a": a, "b": 4}) for a in (1, 2, 4)]
    assert alone == [True, False, False]
    columns = {"a": np.array([1, 2, 4]), "b": np.array([4, 4, 2])}
    assert condition(columns).tolist() == [True, False, True]


def test_truths_and_words_are_numbers_in_columns_too(holds):
    def say(s):
        flag = s.knob("flag", (False, True), 0)
        way = s.choose("way", ("none", "block", "panel"), "none")
        s.require(flag + way <= 2, "two at most")

    condition = holds(say)
    columns = {
        "flag": np.array([True, True, False]),
        "way": np.array(["block", "panel", "panel"]),
    }
    alone = [
        condition({"flag": True, "way": "block"}),
        condition({"flag": True, "way": "panel"}),
        condition({"flag": False, "way": "panel"}),
    ]
    assert condition(columns).tolist() == alone == [True, False, True]


def test_products_of_columns_of_bytes_do_not_wrap(holds):
    def say(s):
        a = s.knob("a", (100, 127), 100)
        s.require(a * a >= 10_000, "large")

    narrow = {"a": np.array([100, 127], dtype=np.int8)}
    assert holds(say)(narrow).tolist() == [True, True]


def test_every_value_can_be_asked(facts):
    @space(kind="any", name="s")
    def template(s):
        rows = s.knob("rows", (2, 4), 2)
        s.match(s.extent("m") == 7, "seven")
        s.unroll(s.payload("root"), rows * 3)

    plan = elaborate(template, facts)
    assert isinstance(plan, Elaborated)
    values = Formula(plan.instructions, plan.known).evaluate_all({"rows": 4})
    (unroll,) = (line for line in plan.instructions if line.op == "mlopt.unroll")
    assert values[unroll.operands[1] or 0] == 12
