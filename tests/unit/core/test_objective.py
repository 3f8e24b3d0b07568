"""Goals: what is minimised and what a program may take, from a user's words."""

import pytest

from mlopt.core.errors import InputError
from mlopt.core.objective import FASTEST, Goal, Objective, parse_size


@pytest.mark.parametrize(
    ("text", "num_bytes"),
    [
        (4096, 4096),
        ("4096", 4096),
        ("1", 1),
        ("30MiB", 30 * 2**20),
        ("30 mib", 30 * 2**20),
        ("1.5GB", 1_500_000_000),
        ("2kB", 2000),
        ("0.5KiB", 512),
        ("12b", 12),
    ],
)
def test_a_size_is_read_with_or_without_a_unit(text, num_bytes):
    assert parse_size(text) == num_bytes


@pytest.mark.parametrize(
    "text",
    ["", "MiB", "30XB", "-5", "0", "0.1", "nan", "inf", "1e9", "3 0", "9" * 400, -1, 0],
)
def test_what_is_no_size_is_refused(text):
    with pytest.raises(InputError, match="MiB"):
        parse_size(text)


@pytest.mark.parametrize("value", [True, 1.5, float("nan"), [3]])
def test_a_size_of_another_type_is_refused(value):
    with pytest.raises(InputError, match="is no size"):
        parse_size(value)


def test_nothing_asked_for_is_the_fastest():
    assert Goal.of() == Goal.of("latency") == FASTEST
    assert not FASTEST.concerns_memory


def test_memory_or_a_cap_concern_memory():
    memory = Goal.of("memory")
    assert memory.objective is Objective.MEMORY
    assert memory.concerns_memory
    capped = Goal.of(None, "1KiB")
    assert (capped.objective, capped.memory_cap_bytes) == (Objective.LATENCY, 1024)
    assert capped.concerns_memory


def test_no_such_objective_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="latency, memory"):
        Goal.of("energy")


def test_goals_that_differ_are_worded_differently():
    goals = [Goal.of(), Goal.of("memory"), Goal.of(None, 9), Goal.of("memory", 9)]
    assert len({str(goal) for goal in goals}) == len(goals)
