"""Whatever a space yields for a kernel is legal, before any compiler is asked."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlopt.search.sampling import crossover, mutate, sample
from mlopt.search.space import spaces_for

# Fixtures are of the session: examples cannot disturb one another through them.
relaxed = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def is_legal(space, trace):
    decisions = dict(trace.decisions)
    known = all(decisions[knob.name] in knob.values for knob in space.knobs)
    return known and space.violation(decisions) is None


@relaxed
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_sampled_changed_or_crossed_is_legal(
    workloads, target, templates, seed
):
    rng = np.random.default_rng(seed)
    for workload in workloads:
        for space in spaces_for(workload, target, templates).spaces:
            one, other = sample(space, rng), sample(space, rng)
            children = [one, other, mutate(space, one, rng, 2)]
            children.append(crossover(space, one, other, rng))
            assert all(is_legal(space, trace) for trace in children)


def test_every_schedulable_kernel_has_a_space_and_legal_seeds(
    workloads, target, templates
):
    for workload in workloads:
        offer = spaces_for(workload, target, templates)
        spaces = {space.name: space for space in offer.spaces}
        assert spaces
        assert offer.seeds
        assert all(is_legal(spaces[seed.space], seed) for seed in offer.seeds)


def test_a_space_has_something_to_choose(workloads, target, templates):
    for workload in workloads:
        for space in spaces_for(workload, target, templates).spaces:
            assert any(len(knob.values) > 1 for knob in space.knobs)
