"""Counting in columns finds what asking one by one finds."""

import tracemalloc

import numpy as np
import pytest

from mlopt.core.candidate import Knob, Requirement, Space
from mlopt.core.errors import SpaceError
from mlopt.search.counting import count_legal, draw_legal, legal, legal_blocks
from mlopt.search.encoding import decisions_of
from mlopt.search.enumeration import enumerate_legal


def knob(name, *values):
    return Knob(name=name, values=values, default=values[0])


def space_of(*requirements, knobs) -> Space:
    rules = tuple(Requirement(sentence=str(r), holds=r) for r in requirements)
    return Space(name="s", version="1", knobs=knobs, requirements=rules)


def every_row(space) -> np.ndarray:
    return np.array(list(np.ndindex(*[len(knob.values) for knob in space.knobs])))


def judged_alone(space, rows) -> list[bool]:
    return [space.violation(decisions_of(space, row)) is None for row in rows.tolist()]


NUMBERS = (knob("a", 1, 2, 3, 4), knob("b", 1, 2, 3, 4), knob("c", "x", "y"))


def test_without_requirements_everything_counts():
    assert count_legal(space_of(knobs=NUMBERS)) == 4 * 4 * 2


def test_a_space_without_knobs_has_one_trace():
    assert count_legal(space_of(knobs=())) == 1


def test_what_a_requirement_refuses_does_not_count():
    # a <= b: 10 pairs; x or y: twice.
    assert count_legal(space_of(lambda d: d["a"] <= d["b"], knobs=NUMBERS)) == 20


def test_words_and_truths_are_compared_as_such():
    knobs = (*NUMBERS, knob("flag", False, True))
    ruled = space_of(
        lambda d: (d["c"] == "y") | (d["a"] == 1),
        lambda d: d["flag"] + (d["b"] < 3) > 0,
        knobs=knobs,
    )
    assert count_legal(ruled) == sum(judged_alone(ruled, every_row(ruled)))


def data_dependent(d):
    # No arrays: `and` asks for one truth; and `c` is read for some decisions only.
    return d["a"] <= d["b"] and (d["a"] == 1 or d["c"] == "x")


def reads_everything(d):
    return all(value != 4 for value in d.values())


@pytest.mark.parametrize("rule", [data_dependent, reads_everything])
def test_a_requirement_that_takes_no_arrays_is_asked_one_by_one(rule):
    ruled = space_of(rule, lambda d: d["b"] != 2, knobs=NUMBERS)
    assert count_legal(ruled) == sum(judged_alone(ruled, every_row(ruled)))


# 4096 choices of what most of these read: too many to ask about each beforehand.
MIXED = (
    knob("a", *range(8)),
    knob("b", *range(8)),
    knob("p", *range(8)),
    knob("f", False, True),
    knob("g", False, True),
    knob("c", "x", "yy"),
    knob("m", False, 1),
)


def pad(d):
    """0, from reading what makes a requirement too wide for a table."""
    return 0 * (d["a"] + d["b"] + d["p"] + d["f"] + d["g"])


NOT_FOR_COLUMNS = {
    "one answer for all rows": lambda d: str(d["a"] + pad(d)) == "1",
    "a generator's truth": lambda d: all(d[n] + pad(d) < 6 for n in "abp"),
    "one answer for nearly all rows": lambda d: (
        str([d[name] for name in "abpfgcm"]) != "[5, 3, 2, True, False, 'yy', 1]"
    ),
    "a type is asked for": lambda d: isinstance(d["a"] + pad(d), int) and d["a"] < 2,
    "identity": lambda d: d["f"] is True and pad(d) == 0,
    "what an array does not have": lambda d: d["c"].startswith("y") and pad(d) == 0,
    "the length of a word": lambda d: d["a"] + pad(d) + len(d["c"]) < 3,
    "an index": lambda d: [1, 2, 0, 1, 3, 3, 3, 3][d["a"] + pad(d)] == 1,
    "the number of knobs": lambda d: len(d) == 7 and d["a"] + pad(d) == 1,
    "a name that is no knob": lambda d: d.get("absent", 0) + d["a"] + pad(d) == 1,
    "a division that is kept from": lambda d: (
        (d["b"] == 0 or d["a"] % d["b"] == 0) and pad(d) == 0
    ),
    "an assertion": lambda d: pad(d) == 0 and not_an_array(d["a"]) and d["a"] == 3,
    "bits of a truth": lambda d: ~(d["a"] + pad(d) == 1),
    "a sum of truths": lambda d: sum([d[n] + pad(d) == 1 for n in "abp"]) < 2,
}
FOR_COLUMNS = {
    "sums": lambda d: d["a"] + d["b"] * d["p"] + pad(d) < 20,
    "truths add up": lambda d: d["f"] + d["g"] + pad(d) < 2,
    "bits of a number": lambda d: ~d["f"] + pad(d) == -1,
    "words": lambda d: (d["c"] == "yy") | (d["a"] + pad(d) > 4),
    "of several kinds": lambda d: (d["m"] == 1) & (d["a"] + pad(d) > 4),
    "always": lambda d: True,
    "never": lambda d: False,
}


def not_an_array(value):
    assert isinstance(value, int)
    return True


@pytest.mark.parametrize(
    "rule",
    [*NOT_FOR_COLUMNS.values(), *FOR_COLUMNS.values()],
    ids=[*NOT_FOR_COLUMNS, *FOR_COLUMNS],
)
def test_what_is_legal_is_what_single_choices_say(rule):
    ruled = space_of(rule, knobs=MIXED)
    rows = every_row(ruled)
    alone = judged_alone(ruled, rows)
    assert legal(ruled, rows).tolist() == alone
    blocks = [np.zeros((0, len(MIXED))), *legal_blocks(ruled)]
    assert np.concatenate(blocks).tolist() == rows[alone].tolist()


def test_an_error_of_a_requirement_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        count_legal(space_of(lambda d: d["a"] // d["f"] + pad(d) > 1, knobs=MIXED))


def test_an_earlier_requirement_keeps_choices_away_from_a_later_one():
    def divides(d):
        return d["b"] % d["a"] + pad(d) == 0

    ruled = space_of(lambda d: d["a"] > 0, divides, knobs=MIXED)
    # Multiples below 8 of 1..7, 0 included: 8 + 4 + 3 + 2 + 2 + 2 + 2 = 23.
    assert count_legal(ruled) == 23 * 8 * 2**4


def test_a_read_that_random_choices_miss_is_still_made():
    """One choice in a million reads `last`, which is decided after the others."""
    digits = tuple(knob(name, *range(10)) for name in "uvwxyz")

    def rare(d):
        return any(d[name] != 9 for name in "uvwxyz") or d["last"] == 2

    def few(d):
        return d["u"] + d["v"] + d["w"] == 27

    ruled = space_of(few, rare, knobs=(*digits, knob("last", 1, 2, 3)))
    assert count_legal(ruled) == 1000 * 3 - 2


def test_a_product_that_64_bits_do_not_hold_is_exact():
    # Twice 2^40 is 2^80, of which 64 bits keep 0; rarely enough to escape a probe.
    knobs = tuple(knob(name, *range(1, 100), 2**40) for name in "abc")
    ruled = space_of(lambda d: d["a"] * d["b"] * d["c"] <= 99**3, knobs=knobs)
    assert count_legal(ruled) == 99**3


def test_what_takes_columns_is_not_asked_one_by_one():
    num_asked = 0

    def counted(d):
        nonlocal num_asked
        num_asked += 1
        return d["f"] + d["g"] + d["a"] * d["b"] * d["p"] < 2

    ruled = space_of(counted, knobs=MIXED)
    rows = every_row(ruled)
    # The rest of the product is 0 unless no factor is, and 1 in one case.
    num_zero = 8**3 - 7**3
    assert legal(ruled, rows).sum() == 4 * (3 * num_zero + 1)
    assert num_asked < len(rows) / 10


def test_legal_choices_are_drawn_uniformly():
    ruled = space_of(lambda d: d["a"] <= d["b"], knobs=NUMBERS)
    rows = draw_legal(ruled, 20_000, np.random.default_rng(0), max_drawn=1 << 20)
    assert rows.shape == (20_000, 3)
    assert legal(ruled, rows).all()
    _, counts = np.unique(rows, axis=0, return_counts=True)
    # 1000 expected for each of 20, standard deviation 31.
    assert len(counts) == 20
    assert 870 < counts.min() <= counts.max() < 1130


def test_drawing_what_is_too_rare_is_refused():
    never = space_of(lambda d: d["a"] > 4, knobs=NUMBERS)
    with pytest.raises(SpaceError, match="too rare"):
        draw_legal(never, 1, np.random.default_rng(0), max_drawn=5000)


def test_blocks_come_in_the_order_of_enumeration():
    ruled = space_of(lambda d: d["a"] * d["b"] % 2 == 0, knobs=NUMBERS)
    rows = np.concatenate(list(legal_blocks(ruled)))
    decisions = [tuple(decisions_of(ruled, row).items()) for row in rows]
    assert decisions == [trace.decisions for trace in enumerate_legal(ruled)]


def test_a_batch_is_judged_as_its_points_are():
    ruled = space_of(
        lambda d: d["a"] <= d["b"],
        data_dependent,
        lambda d: d["c"] == "x",
        knobs=NUMBERS,
    )
    rng = np.random.default_rng(0)
    rows = rng.integers([4, 4, 2], size=(200, 3))
    assert legal(ruled, rows).tolist() == judged_alone(ruled, rows)


def test_a_limit_is_kept():
    with pytest.raises(SpaceError, match="too many choices"):
        count_legal(space_of(knobs=NUMBERS), max_rows=10)


def test_more_than_a_million_points_are_counted_exactly():
    # Divisors of each other in a chain over 1..2^k: C(k + n, n) chains.
    powers = tuple(2**i for i in range(12))
    knobs = tuple(knob(name, *powers) for name in "abcdef")
    chained = [
        lambda d, x=x, y=y: d[y] % d[x] == 0
        for x, y in zip("abcde", "bcdef", strict=True)
    ]
    assert 12**6 > 1_000_000
    assert count_legal(space_of(*chained, knobs=knobs)) == 12376  # C(17, 6)
    assert count_legal(space_of(lambda d: d["a"] >= d["f"], knobs=knobs)) == 78 * 12**4


def test_counting_and_judging_a_million_points_take_under_64_mb():
    knobs = tuple(knob(name, *range(4)) for name in "abcdefghij")
    rules = [
        lambda d: sum(d[name] for name in "abcdefgh") > 2,
        lambda d: d["i"] + d["j"] > 1,
    ]
    ruled = space_of(*rules, knobs=knobs)
    rows = np.random.default_rng(0).integers(4, size=(1_000_000, 10), dtype=np.int32)
    tracemalloc.start()
    try:
        num_legal = count_legal(ruled)
        legal(ruled, rows)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Sums below 3 of eight: C(10, 2) = 45; sums below 2 of two: 3.
    assert num_legal == (4**8 - 45) * (4**2 - 3)
    assert peak_bytes < 64e6
