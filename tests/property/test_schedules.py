"""Every legal trace can be emitted, and emitting it again gives the same script."""

import numpy as np

from mlopt.core.candidate import Trace
from mlopt.search.sampling import sample
from mlopt.search.space import spaces_for

NUM_SAMPLES = 12
TIMEOUT_S = 120.0
EMIT = "mlopt.driver.jobs:emit_schedules"


def test_every_legal_trace_has_a_script_and_always_the_same(worker, workloads, target):
    rng = np.random.default_rng(0)
    for workload in workloads:
        offer = spaces_for(workload, target)
        drawn = [sample(s, rng) for s in offer.spaces for _ in range(NUM_SAMPLES)]
        pairs = [(workload, trace) for trace in (*offer.seeds, *drawn)]
        schedules = worker.call(EMIT, pairs, timeout_s=TIMEOUT_S)
        assert [schedule.trace for schedule in schedules] == [t for _, t in pairs]
        assert all(schedule.script for schedule in schedules)
        assert worker.call(EMIT, pairs, timeout_s=TIMEOUT_S) == schedules


def test_a_trace_from_text_gives_the_same_script(worker, workloads, target):
    for workload in workloads:
        seeds = spaces_for(workload, target).seeds
        copies = [Trace.from_json(seed.to_json()) for seed in seeds]
        original, copied = (
            worker.call(EMIT, [(workload, t) for t in traces], timeout_s=TIMEOUT_S)
            for traces in (seeds, copies)
        )
        assert original == copied
