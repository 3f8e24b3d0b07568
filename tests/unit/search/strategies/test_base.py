"""What every strategy promises: seeds first, no repeats, an end."""

import numpy as np
import pytest

from mlopt.core.candidate import Candidate, Knob, Requirement, Space, Trace
from mlopt.core.errors import InputError, SpaceError
from mlopt.core.measurement import Failure, FailureStatus, Trial
from mlopt.search.encoding import decode
from mlopt.search.strategies import STRATEGIES, make_strategy

NAMES = sorted(STRATEGIES)


def grid(name, *requirements, num_values=4):
    return Space(
        name=name,
        version="1",
        knobs=tuple(
            Knob(name=n, values=tuple(range(num_values)), default=0) for n in "xy"
        ),
        requirements=tuple(Requirement(sentence="told", holds=r) for r in requirements),
    )


def trial(trace, speedup=None):
    return Trial(
        candidate=Candidate(workload="w", trace=trace),
        measurement=Failure(status=FailureStatus.RUN_CRASH, detail="told"),
        speedup=speedup,
    )


def strategy_of(name, spaces, seeds=()):
    return make_strategy(name, spaces, seeds, np.random.default_rng(0))


def ask_to_the_end(strategy, speedup=lambda trace: None):
    asked = []
    while batch := strategy.ask(5):
        asked += batch
        strategy.tell([trial(t, speedup(t)) for t in batch])
    return asked


def test_an_unknown_strategy_is_refused_with_the_known_names():
    with pytest.raises(InputError, match=r"'annealing'.*evolution, random"):
        strategy_of("annealing", (grid("a"),))


@pytest.mark.parametrize("spaces", [(), (grid("a"), grid("a"))])
def test_spaces_must_be_there_and_have_different_names(spaces):
    with pytest.raises(SpaceError, match="different names"):
        strategy_of("random", spaces)


@pytest.mark.parametrize("name", NAMES)
def test_every_legal_trace_is_asked_once_and_then_nothing(name):
    spaces = (grid("a", lambda d: d["x"] < d["y"]), grid("b"))
    strategy = strategy_of(name, spaces)
    asked = ask_to_the_end(strategy)
    assert len(asked) == len(set(asked)) == 6 + 16
    assert strategy.ask(3) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_legal_trace_is_asked_once_although_one_space_is_faster(name):
    def speedup(trace):
        return 1.0 + (trace.space == "a") + 0.1 * dict(trace.decisions)["x"]

    asked = ask_to_the_end(strategy_of(name, (grid("a"), grid("b"))), speedup)
    assert len(asked) == len(set(asked)) == 16 + 16


@pytest.mark.parametrize("name", NAMES)
def test_a_space_without_legal_traces_does_not_stop_the_others(name):
    spaces = (grid("none", lambda d: d["x"] < 0), grid("some"))
    assert len(ask_to_the_end(strategy_of(name, spaces))) == 16


@pytest.mark.parametrize("name", NAMES)
def test_a_space_without_knobs_is_the_compilers_own_choice_and_never_asked(name):
    empty = Space(name="empty", version="1", knobs=())
    assert strategy_of(name, (empty,)).ask(3) == []


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_asked_first_and_in_order(name):
    a, b = grid("a"), grid("b")
    seeds = [decode(b, (3, 3)), decode(a, (1, 2)), decode(b, (3, 3))]
    strategy = strategy_of(name, (a, b), seeds)
    assert strategy.ask(2) == seeds[:2]
    assert seeds[0] not in ask_to_the_end(strategy)


def test_illegal_seeds_are_repaired():
    space = grid("a", lambda d: d["y"] == 3)
    strategy = strategy_of("random", (space,), [decode(space, (2, 0))])
    assert strategy.ask(1) == [decode(space, (2, 3))]


def test_seeds_that_no_space_can_read_are_left_out_with_a_warning(caplog):
    space = grid("a")
    stale = Trace(space="a", decisions=(("x", 99), ("y", 0)))
    foreign = Trace(space="z", decisions=(("x", 1), ("y", 0)))
    strategy = strategy_of(
        "random", (space,), [stale, foreign, Trace(space="a"), decode(space, (1, 1))]
    )
    assert strategy.ask(1) == [decode(space, (1, 1))]
    assert "has no value 99" in caplog.text


@pytest.mark.parametrize("name", NAMES)
def test_what_was_told_is_not_asked(name):
    space = grid("a")
    known = [decode(space, (x, 0)) for x in range(4)]
    strategy = strategy_of(name, (space,), seeds=known[:1])
    strategy.tell([trial(t) for t in known])
    asked = ask_to_the_end(strategy)
    assert len(asked) == 12
    assert not set(asked) & set(known)


@pytest.mark.parametrize("name", NAMES)
def test_trials_of_other_spaces_and_of_the_compilers_choice_are_ignored(name):
    strategy = strategy_of(name, (grid("a"),))
    strategy.tell([trial(Trace(space="")), trial(decode(grid("z"), (0, 0)))])
    assert len(ask_to_the_end(strategy)) == 16


@pytest.mark.parametrize("name", NAMES)
def test_same_generator_and_trials_give_the_same_traces(name, matmul):
    def asked():
        strategy = strategy_of(name, matmul.spaces)
        texts = []
        for _ in range(8):
            batch = strategy.ask(4)
            strategy.tell([matmul.trial(trace) for trace in batch])
            texts += [trace.to_json() for trace in batch]
        return texts

    assert asked() == asked()
