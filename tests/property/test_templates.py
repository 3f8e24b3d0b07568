"""A space in the dialect offers and forbids exactly what the one in Python does."""

import dataclasses

import numpy as np
import pytest

from mlopt.core.candidate import Space
from mlopt.core.template import SpaceTemplate
from mlopt.resources import space_text
from mlopt.search.elaboration import elaborate
from mlopt.search.facts import facts_of
from mlopt.search.spaces import packed
from tests.property.conftest import NARROW, WIDE, machine

READ = "mlopt.dialect.reading:read_templates"


@pytest.fixture(scope="session")
def template(worker) -> SpaceTemplate:
    name = "cpu_packed_contraction"
    (found,) = worker.call(READ, space_text(name), f"{name}.mlir", timeout_s=60.0)
    return found


def spaces(template, workload, target) -> tuple[Space, Space] | None:
    """The same space, once from Python and once from the file."""
    offered = packed.offer(workload, target)
    if offered is None:
        return None
    elaborated = elaborate(template, facts_of(workload, target))
    assert isinstance(elaborated, Space), elaborated
    return offered[0], elaborated


@pytest.mark.parametrize("vector_bytes", [NARROW, WIDE])
def test_knobs_are_the_same(template, workloads, vector_bytes):
    for workload in workloads:
        if pair := spaces(template, workload, machine(vector_bytes)):
            python, file = pair
            assert file.knobs == python.knobs
            assert [r.sentence for r in file.requirements] == [
                r.sentence for r in python.requirements
            ]


def test_legality_is_the_same(template, workloads):
    rng = np.random.default_rng(0)
    for workload in workloads:
        pair = spaces(template, workload, machine(NARROW))
        if pair is None:
            continue
        python, file = pair
        for _ in range(300):
            decisions = {
                knob.name: knob.values[rng.integers(len(knob.values))]
                for knob in python.knobs
            }
            assert file.violation(decisions) == python.violation(decisions), decisions


def test_requirements_take_arrays(template, workloads):
    rng = np.random.default_rng(0)
    for workload in workloads:
        pair = spaces(template, workload, machine(NARROW))
        if pair is None:
            continue
        _, space = pair
        columns = {
            knob.name: np.array(knob.values)[rng.integers(len(knob.values), size=200)]
            for knob in space.knobs
        }
        for requirement in space.requirements:
            together = requirement.holds(columns)
            alone = [
                bool(requirement.holds({n: v[i] for n, v in columns.items()}))
                for i in range(200)
            ]
            assert np.broadcast_to(together, 200).tolist() == alone


def test_a_match_that_fails_says_why(template, workloads):
    for workload in workloads:
        facts = facts_of(workload, machine(NARROW))
        if {"m", "n", "k"} <= set(facts.extents) and facts.properties:
            flat = dataclasses.replace(facts, extents={**facts.extents, "m": 1})
            assert elaborate(template, flat) in (
                "two rows at least",
                "columns must fill whole vectors",
                "k must be as long as a vector",
            )
