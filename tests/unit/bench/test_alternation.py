"""Turns, warm-up calls, and pauses after peers whose threads linger."""

import pytest

from mlopt.bench.alternation import (
    InProcess,
    lingering_s,
    pauses_for,
    sample_in_turns,
)
from mlopt.bench.plan import TurnPlan

PLAN = TurnPlan(num_turns=3, min_sample_s=8.0, watch_s=1.0)


def contestants(fake_time, calls):
    return {
        name: InProcess(
            call=call,
            clock=fake_time.clock,
            cpu_clock=fake_time.cpu_clock,
            sleep=fake_time.sleep,
        )
        for name, call in calls.items()
    }


def test_samples_are_times_of_one_call(fake_time):
    calls = {"a": fake_time.work(2.0), "b": fake_time.work(1.0)}
    peers = contestants(fake_time, calls)
    samples = sample_in_turns(peers, PLAN, {"a": 0.0, "b": 0.0}, sleep=fake_time.sleep)
    assert samples == {"a": (2e6,) * 3, "b": (1e6,) * 3}
    assert fake_time.slept == []


def test_the_order_rotates_and_each_sample_is_warmed_up(fake_time):
    order = []

    def peer(name):
        work = fake_time.work(4.0)
        return lambda: (order.append(name), work())

    calls = {name: peer(name) for name in "abc"}
    sample_in_turns(contestants(fake_time, calls), PLAN, dict.fromkeys("abc", 0.0))
    probes, turns = order[:9], order[9:]
    assert probes == list("aaabbbccc")
    # One untimed call and the two that fill 8 seconds.
    assert "".join(turns) == "aaabbbccc" + "bbbcccaaa" + "cccaaabbb"


def test_a_pause_follows_the_peer_that_needs_one(fake_time):
    calls = {"a": fake_time.work(1.0), "b": fake_time.work(1.0)}
    pauses = {"a": 0.0, "b": 0.25}
    peers = contestants(fake_time, calls)
    sample_in_turns(peers, PLAN, pauses, sleep=fake_time.sleep)
    assert fake_time.slept == [0.25] * PLAN.num_turns


@pytest.mark.parametrize(
    ("polls_s", "least", "most"), [(0.0, 0.0, 0.0), (0.11, 0.11, 0.13), (9.0, 1.0, 1.1)]
)
def test_threads_that_poll_after_a_call_are_seen(fake_time, polls_s, least, most):
    seconds = lingering_s(
        fake_time.work(0.1, polls_s=polls_s),
        1.0,
        clock=fake_time.clock,
        cpu_clock=fake_time.cpu_clock,
        sleep=fake_time.sleep,
    )
    assert least <= seconds <= most


def test_one_peer_is_not_blamed_for_another_ones_threads(fake_time):
    calls = {
        "polls": fake_time.work(0.1, polls_s=0.5),
        "sleeps": lambda: None,
    }
    pauses = pauses_for(contestants(fake_time, calls), PLAN, sleep=fake_time.sleep)
    assert pauses["sleeps"] == 0.0
    assert pauses["polls"] > 0.5


def test_peers_that_are_not_watched_get_no_pause(fake_time):
    plan = TurnPlan(num_turns=1, min_sample_s=0.0, watch_s=0.0)
    calls = {"a": fake_time.work(0.1, polls_s=0.5)}
    peers = contestants(fake_time, calls)
    assert pauses_for(peers, plan, sleep=fake_time.sleep) == {"a": 0.0}
    assert fake_time.slept == []
