"""Which program is taken where memory counts, by numbers made up for it."""

import pytest

from mlopt.core.errors import MemoryCapError
from mlopt.core.objective import Goal
from mlopt.driver.forms.peaks import choose, qualifying

MIB = 2**20
# The fastest first.
RANKING = ("O3", "O2", "O0+serial", "O2+serial", "O0")
PEAKS = {
    "O3": 40 * MIB,
    "O2": 30 * MIB,
    "O0+serial": 20 * MIB,
    # 0.5% less than the last: that is no difference.
    "O2+serial": 20 * MIB - MIB // 10,
    "O0": 50 * MIB,
}


@pytest.mark.parametrize(
    ("goal", "chosen"),
    [
        (Goal.of("latency"), "O3"),
        (Goal.of("latency", "40MiB"), "O3"),
        (Goal.of("latency", 40 * MIB - 1), "O2"),
        (Goal.of("latency", "29MiB"), "O0+serial"),
        # A cap is hard: within 1% of it is over it.
        (Goal.of("latency", 20 * MIB - 1), "O2+serial"),
        (Goal.of("memory"), "O0+serial"),
        (Goal.of("memory", "1GiB"), "O0+serial"),
        (Goal.of("memory", 20 * MIB - 1), "O2+serial"),
    ],
)
def test_the_fastest_of_those_that_qualify_is_taken(goal, chosen):
    assert choose(goal, RANKING, PEAKS, "net") == chosen


def test_over_one_percent_more_is_more():
    peaks = {"slow": 1000, "fast": 1011}
    assert choose(Goal.of("memory"), ("fast", "slow"), peaks, "net") == "slow"
    assert choose(Goal.of("memory"), ("fast", "slow"), peaks | {"fast": 1010}, "") == (
        "fast"
    )


def test_a_program_that_is_wrong_or_not_counted_is_never_taken():
    # "O2+serial" takes the least, and is not among those whose results are right.
    assert choose(Goal.of("memory"), ("O3", "O2"), PEAKS, "net") == "O2"
    uncounted = {"O2": 30 * MIB}
    assert choose(Goal.of("latency", "1GiB"), RANKING, uncounted, "net") == "O2"


@pytest.mark.parametrize("objective", ["latency", "memory"])
def test_a_cap_below_what_is_possible_says_what_is(objective):
    with pytest.raises(MemoryCapError, match=r"10\.0 MiB.*19\.9 MiB.*O2\+serial") as no:
        qualifying(Goal.of(objective, "10MiB"), PEAKS, "net")
    assert no.value.smallest_bytes == PEAKS["O2+serial"]
    assert str(PEAKS["O2+serial"]) in str(no.value)
    # What the sentence says is enough.
    enough = Goal.of(objective, no.value.smallest_bytes)
    assert qualifying(enough, PEAKS, "net") == ["O2+serial"]
