"""Decisions: spaces that contradict themselves, traces as text, identities."""

import pytest

from mlopt.core.candidate import Candidate, Knob, Requirement, Schedule, Space, Trace
from mlopt.core.errors import SpaceError


def space(*knobs, requirements=()):
    return Space(name="s", version="1", knobs=knobs, requirements=requirements)


def test_a_knob_cannot_be_named_twice():
    tile = Knob(name="tile", values=(1, 2), default=1)
    with pytest.raises(SpaceError, match="names a knob twice"):
        space(tile, tile)


def test_a_default_must_be_among_the_values():
    with pytest.raises(SpaceError, match="default 3, which is not among"):
        space(Knob(name="tile", values=(1, 2), default=3))


def test_the_first_broken_requirement_is_named():
    small = Requirement(sentence="must be small", holds=lambda d: d["a"] < 4)
    even = Requirement(sentence="must be even", holds=lambda d: d["a"] % 2 == 0)
    knob = Knob(name="a", values=(2, 3, 5, 6), default=2)
    both = space(knob, requirements=(small, even))
    assert [both.violation({"a": a}) for a in knob.values] == [
        None,
        "must be even",
        "must be small",
        "must be small",
    ]


@pytest.mark.parametrize(
    "decisions",
    [(), (("a", 1),), (("a", 0), ("b", True), ("c", "name"))],
)
def test_a_trace_survives_its_text(decisions):
    trace = Trace(space="s", decisions=decisions)
    assert Trace.from_json(trace.to_json()) == trace


def test_true_and_1_are_different_decisions_in_text():
    texts = {Trace(space="s", decisions=(("a", v),)).to_json() for v in (1, True)}
    assert len(texts) == 2


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"space":1,"decisions":[]}',
        '{"space":"s","decisions":[["a"]]}',
        "x",
    ],
)
def test_text_that_is_no_trace_is_refused(text):
    with pytest.raises(ValueError):
        Trace.from_json(text)


def test_candidate_0_is_the_compilers_own_choice():
    default = Candidate(workload="w", trace=Trace(space="s"))
    assert default.trace.is_default
    assert default.id == "0"


def test_an_id_depends_on_workload_space_and_decisions():
    traces = [
        Trace(space="s", decisions=(("a", 1),)),
        Trace(space="s", decisions=(("a", 2),)),
        Trace(space="t", decisions=(("a", 1),)),
    ]
    ids = {Candidate(workload=w, trace=t).id for w in "vw" for t in traces}
    assert len(ids) == 6


def test_a_schedules_digest_is_of_its_script():
    trace = Trace(space="s", decisions=(("a", 1),))
    one, same, other = (
        Schedule(workload=w, trace=trace, script=s)
        for w, s in (("v", "x"), ("w", "x"), ("v", "y"))
    )
    assert one.digest == same.digest != other.digest
