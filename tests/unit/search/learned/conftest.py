"""Plans of shipped spaces for kernels, as a model is shown them."""

import numpy as np
import pytest

from mlopt.dialect.elaboration import Elaborated
from mlopt.dialect.facts import facts_of
from mlopt.search.encoding import encode
from mlopt.search.learned.tiles import tiles_of
from mlopt.search.space import elaborate_all


@pytest.fixture
def plan_of(cpu, templates):
    """The plan of one space for a workload."""

    def plan(workload, name) -> Elaborated:
        plans = elaborate_all(workload, cpu, templates)
        return next(each for each in plans if each.space.name == name)

    return plan


@pytest.fixture
def tiles(plan_of, cpu):
    """How a trace of a space cuts a kernel; decisions that are missing are defaults."""

    def cut(workload, name, **decisions):
        plan = plan_of(workload, name)
        columns = {knob: [value] for knob, value in decisions.items()}
        return tiles_of(plan, facts_of(workload, cpu), columns)

    return cut


@pytest.fixture
def indices_of():
    """(num_traces, num_knobs) of some traces of one space."""

    def indices(plan, traces):
        return np.array([encode(plan.space, trace) for trace in traces])

    return indices
