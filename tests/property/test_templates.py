"""What files of spaces say of every kind of kernel, in numbers and in arrays."""

import dataclasses

import numpy as np

from mlopt.dialect.elaboration import Elaborated, elaborate
from mlopt.dialect.facts import facts_of

NUM_SAMPLES = 200


def elaborated(workload, target, templates) -> list[Elaborated]:
    facts = facts_of(workload, target)
    found = [elaborate(t, facts) for t in templates if t.kind == workload.kind]
    return [each for each in found if isinstance(each, Elaborated)]


def test_requirements_take_arrays_and_say_the_same(workloads, target, templates):
    rng = np.random.default_rng(0)
    for workload in workloads:
        for plan in elaborated(workload, target, templates):
            columns = {
                k.name: np.array(k.values)[
                    rng.integers(len(k.values), size=NUM_SAMPLES)
                ]
                for k in plan.space.knobs
            }
            points = [
                {name: column[i].item() for name, column in columns.items()}
                for i in range(NUM_SAMPLES)
            ]
            for requirement in plan.space.requirements:
                together = np.broadcast_to(requirement.holds(columns), NUM_SAMPLES)
                alone = [bool(requirement.holds(point)) for point in points]
                assert together.tolist() == alone


def test_a_match_that_fails_says_why(workloads, target, templates):
    (packed,) = (t for t in templates if t.name == "packed.contraction")
    for workload in workloads:
        facts = facts_of(workload, target)
        if {"m", "n", "k"} <= set(facts.extents):
            flat = dataclasses.replace(facts, extents={**facts.extents, "m": 1})
            assert elaborate(packed, flat) in {
                "two rows at least",
                "columns must fill whole vectors",
                "k must be as long as a vector",
                "32-bit floats only",
            }


def test_a_space_of_another_kind_is_refused_by_a_sentence_or_makes_sense(
    workloads, target, templates
):
    for workload in workloads:
        for template in templates:
            found = elaborate(template, facts_of(workload, target))
            assert isinstance(found, Elaborated) or found
