"""Calls in other processes are timed there, and a process that fails has a name."""

from functools import partial

import pytest

from mlopt.bench.contest import take_turns
from mlopt.bench.peers.inviting import Guests
from mlopt.bench.plan import TurnPlan
from mlopt.bench.seats import RemoteContestant, SeatLost
from mlopt.isolation import Worker, drills

PLAN = TurnPlan(num_turns=3, min_sample_s=1e-3, watch_s=0.0)
CALL_S = 2e-3


@pytest.fixture
def seat():
    """Gives a call a process of its own, and a seat there."""
    workers = []

    def give(name, call):
        worker = Worker(name=name)
        workers.append(worker)
        worker.call("mlopt.bench.seats:take_seat", name, call, timeout_s=30.0)
        return RemoteContestant(name=name, worker=worker)

    yield give
    for worker in workers:
        worker.close()


def guests_of(*contestants):
    return Guests(
        contestants={each.name: each for each in contestants},
        max_relative_error={each.name: 1e-6 for each in contestants},
    )


def test_a_call_is_timed_in_its_own_process(seat):
    host = seat("a", partial(drills.sleep, CALL_S))
    times = take_turns({"a": host}, guests_of(), PLAN)
    assert len(times.latency_us["a"]) == PLAN.num_turns
    assert all(us >= CALL_S * 1e6 for us in times.latency_us["a"])
    # Another process may disturb a watch; it disturbs no five in a row.
    assert min(host.lingering_s(0.05) for _ in range(5)) == 0.0


def test_a_guest_that_crashes_is_left_out_with_its_sentence(seat):
    host, guest = (seat(name, partial(drills.sleep, CALL_S)) for name in "ab")
    guests = guests_of(guest, seat("c", drills.kill_self))
    times = take_turns({"a": host}, guests, PLAN)
    assert {n: len(v) for n, v in times.latency_us.items()} == {"a": 3, "b": 3}
    assert set(times.absent) == {"c"}
    assert "SIGKILL" in times.absent["c"]
    assert set(guests.max_relative_error) == {"b"}


def test_a_host_that_fails_ends_the_contest(seat):
    host = seat("a", drills.stumble)
    with pytest.raises(SeatLost, match=r"a: .*KeyError"):
        take_turns({"a": host}, guests_of(), PLAN)
