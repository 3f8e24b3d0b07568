"""Rivals of a winner: cut otherwise, hardly slower, the fastest of each cut."""

from mlopt.core.candidate import Candidate, Trace
from mlopt.core.measurement import Failure, FailureStatus, Timing, Trial
from mlopt.search.rivals import rivals_of


def trial(dist, rows, speedup):
    """By its distribution, another decision and its speedup; None is a failure."""
    decisions = (("dist_m", dist), ("rows", rows))
    trace = Trace(space="packed", decisions=decisions)
    failure = Failure(status=FailureStatus.COMPILE_ERROR, detail="synthetic")
    timing = Timing(
        latency_us=(100.0,),
        baseline_us=(100.0,),
        calls_per_sample=1,
        max_relative_error=0.0,
        peak_memory_bytes=None,
        peak_rss_bytes=1,
    )
    return Trial(
        candidate=Candidate(workload="synthetic", trace=trace),
        measurement=failure if speedup is None else timing,
        speedup=speedup,
    )


def cuts(trials):
    return [dict(t.candidate.trace.decisions)["dist_m"] for t in trials]


def test_of_each_other_distribution_the_fastest_is_one():
    winner = trial(64, 4, 3.0)
    best = trial(16, 4, 2.9)
    trials = [trial(32, 8, 2.8), winner, trial(16, 8, 2.7), best, trial(64, 8, 2.95)]
    rivals = rivals_of(winner.candidate.trace, trials)
    assert cuts(rivals) == [16, 32]
    assert rivals[0] is best


def test_slow_and_failed_ones_are_none():
    winner = trial(64, 4, 3.0)
    trials = [winner, trial(16, 4, 2.0), trial(32, 4, None)]
    assert rivals_of(winner.candidate.trace, trials) == []
    assert rivals_of(winner.candidate.trace, []) == []


def test_they_are_few():
    winner = trial(64, 4, 3.0)
    trials = [winner, *(trial(dist, 4, 3.0) for dist in (1, 2, 4, 8, 16))]
    assert len(rivals_of(winner.candidate.trace, trials)) == 3
