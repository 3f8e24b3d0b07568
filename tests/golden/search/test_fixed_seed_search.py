"""A search with a fixed seed on recorded results asks the same bytes every time.

`recording.jsonl` holds a result for every legal trace of the two spaces below. Its
numbers were made up from a formula with noise: they are a landscape, not a claim.
A strategy that changes on purpose is accepted with --update-golden.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from mlopt.core.candidate import Candidate, Knob, Requirement, Space, Trace
from mlopt.core.measurement import Failure, FailureStatus, Timing, Trial
from mlopt.search.enumeration import enumerate_legal
from mlopt.search.sampling import default_trace
from mlopt.search.strategies import STRATEGIES, make_strategy

FOLDER = Path(__file__).parent
NUM_TRIALS = 32

KNOBS = (
    Knob(name="rows", values=(1, 4, 16, 64), default=1),
    Knob(name="columns", values=(8, 16, 32, 64), default=8),
    Knob(name="order", values=("row", "column"), default="row"),
    Knob(name="peel", values=(False, True), default=False),
)
FITS = Requirement(
    sentence="a tile has at most 1024 elements",
    holds=lambda d: int(d["rows"]) * int(d["columns"]) <= 1024,
)
SPACES = tuple(
    Space(name=name, version="1", knobs=KNOBS, requirements=(FITS,))
    for name in ("configured.contraction", "scripted.contraction")
)


def recorded() -> dict[Trace, float | str]:
    """Speedup, or the status of a failure, by trace."""
    lines = (FOLDER / "recording.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return {Trace.from_json(json.dumps(r["trace"])): r["result"] for r in rows}


def trial_of(trace: Trace, result: float | str) -> Trial:
    candidate = Candidate(workload="recorded", trace=trace)
    if isinstance(result, str):
        failure = Failure(status=FailureStatus(result), detail="recorded")
        return Trial(candidate=candidate, measurement=failure, speedup=None)
    timing = Timing(
        latency_us=(100.0 / result,),
        baseline_us=(100.0,),
        calls_per_sample=1,
        max_relative_error=0.0,
        peak_memory_bytes=None,
        peak_rss_bytes=0,
    )
    return Trial(candidate=candidate, measurement=timing, speedup=result)


def search(name: str, seed: int) -> str:
    """One line a trial: what was asked, in order, and what came back."""
    results = recorded()
    seeds = [default_trace(space) for space in SPACES]
    strategy = make_strategy(name, SPACES, seeds, np.random.default_rng(seed))
    lines = []
    for _ in range(NUM_TRIALS // 4):
        asked = strategy.ask(4)
        strategy.tell([trial_of(trace, results[trace]) for trace in asked])
        lines += [f"{trace.to_json()} {results[trace]}" for trace in asked]
    return "".join(f"{line}\n" for line in lines)


def test_the_recording_covers_the_spaces():
    legal = {trace for space in SPACES for trace in enumerate_legal(space)}
    assert set(recorded()) == legal


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_a_search_with_a_fixed_seed_asks_what_it_asked_before(name, update_golden):
    golden = FOLDER / f"asked.{name}.txt"
    found = search(name, seed=0)
    if update_golden:
        golden.write_text(found)
    assert found == golden.read_text()


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_another_seed_asks_something_else(name):
    assert search(name, seed=1) != search(name, seed=0)
