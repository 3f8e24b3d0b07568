"""Screening: a rewrite that is clearly slower costs one compilation and no more."""

import pytest

from mlopt.core.licence import Licence, Precision, Rewrite
from mlopt.core.measurement import Failure, FailureStatus
from mlopt.driver.forms import screening
from mlopt.driver.forms.bases import Bases
from mlopt.measure.plan import Comparison
from mlopt.targets.cpu_options import (
    SCREENS,
    first_option_sets,
    free_rewrites_of,
    further_option_sets,
    option_sets,
    rewrites_of,
)


@pytest.fixture
def extended(monkeypatch):
    """The names that are compiled after programs took these times; None fails."""

    def extend(**times):
        def turns(workbench, key, contenders, num_turns):
            wrong = Failure(status=FailureStatus.WRONG_RESULT, detail="off")
            return Comparison(
                latency_us={n: (times[n],) * 5 for n in contenders if times[n]},
                max_relative_error={},
                failures={n: wrong for n in contenders if not times[n]},
            )

        monkeypatch.setattr(screening, "compare_in_turns", turns)
        monkeypatch.setattr(
            screening, "extend_bases", lambda bases, loaded, bench, names: list(names)
        )
        bases = Bases(paths={name: name for name in (*times, "O2")}, failures={})
        return screening.extend_by_rewrites(bases, LOADED, None)  # pyright: ignore

    return extend


class LOADED:
    """What screening reads of a program."""

    option_sets = option_sets(None)


def test_only_rewrites_that_nothing_beats_clearly_are_compiled_again(extended):
    assert extended(default=10.0, joined=12.0) == []
    assert extended(default=10.0, joined=10.8) == further_option_sets(
        ["joined"], LOADED.option_sets
    )
    found = extended(default=10.0, joined=9.0, hoisted=5.0)
    assert found == ["hoisted+O2", "hoisted+O0+dt", "hoisted+O2+dt"]


def test_a_rewrite_that_fails_is_not_compiled_again(extended):
    assert extended(default=10.0, joined=None) == []


def test_without_rewrites_nothing_is_timed(extended):
    bases = extended(default=10.0)
    assert set(bases.paths) == {"default", "O2"}


def test_a_run_begins_with_each_rewrite_once():
    licence = Licence(Precision.BF16, 0.02)
    names = option_sets(licence)
    first = first_option_sets(names)
    assert [n for n in first if free_rewrites_of(n)] == list(first_of_each())
    assert "bf16+dt" in first
    every = further_option_sets(SCREENS, names)
    # Constants in panels come later, by what experts make of them, and loops are
    # written out where the form with them is the fastest.
    later = {Rewrite.PREPACKED, Rewrite.UNROLLED}
    rest = {name for name in names if later.intersection(rewrites_of(name))}
    assert {*first, *every} == set(names) - rest
    assert set(first).isdisjoint(every)
    assert "joined+hoisted+bf16+dt" in every


def first_of_each():
    return [name for name in option_sets(None) if name in SCREENS]
