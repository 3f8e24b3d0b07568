"""Every legal trace can be emitted, and emitting it again gives the same script."""

import numpy as np

from mlopt.core.candidate import Trace
from mlopt.search.sampling import sample
from mlopt.search.space import spaces_for

NUM_SAMPLES = 8
TIMEOUT_S = 120.0
EMIT = "mlopt.driver.jobs:emit_schedule"


def emit(worker, workload, target, templates, trace):
    (template,) = (t for t in templates if t.name == trace.space)
    return worker.call(EMIT, workload, trace, template, target, timeout_s=TIMEOUT_S)


def test_every_legal_trace_has_a_script_and_always_the_same(
    worker, workloads, target, templates
):
    rng = np.random.default_rng(0)
    for workload in workloads:
        offer = spaces_for(workload, target, templates)
        drawn = [sample(s, rng) for s in offer.spaces for _ in range(NUM_SAMPLES)]
        for trace in (*offer.seeds, *drawn):
            schedule = emit(worker, workload, target, templates, trace)
            assert schedule.trace == trace
            assert schedule.script
            assert emit(worker, workload, target, templates, trace) == schedule


def test_a_trace_from_text_gives_the_same_script(worker, workloads, target, templates):
    for workload in workloads:
        for seed in spaces_for(workload, target, templates).seeds:
            copy = Trace.from_json(seed.to_json())
            original = emit(worker, workload, target, templates, seed)
            assert emit(worker, workload, target, templates, copy) == original
