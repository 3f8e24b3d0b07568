"""Templates meet shapes: defaults, requirements, experts, and decided steps."""

from typing import Any

import numpy as np
import pytest

from mlopt.core.candidate import Space
from mlopt.core.errors import InputError, SpaceError
from mlopt.core.template import Line, SpaceTemplate
from mlopt.dialect.builders import space
from mlopt.dialect.elaboration import Elaborated, elaborate
from mlopt.dialect.facts import Facts

LOOPS = tuple(
    {
        "extent": extent,
        "is_parallel": int(parallel),
        "is_innermost": int(position == 1),
        "is_batch": 0,
        "is_m": int(position == 0),
        "is_n": int(position == 1),
        "is_k": int(position == 2),
    }
    for position, (extent, parallel) in enumerate(((7, True), (96, True), (64, False)))
)
FACTS = Facts(
    extents={"n": 96, "m": 7, "k": 64},
    properties={"target.vector_lanes": 8},
    loops=LOOPS,
    roles={"m": (0,), "n": (1,), "k": (2,), "batch": ()},
    fused=((0, -1),),
)


def made(template: SpaceTemplate) -> Elaborated:
    found = elaborate(template, FACTS)
    assert isinstance(found, Elaborated), found
    return found


def space_of(say) -> Space:
    return made(space(kind="any", name="s")(say)).space


@pytest.mark.parametrize(("wish", "default"), [(4, 4), (5, 4), (7, 8), (100, 8)])
def test_the_default_is_the_nearest_on_offer(wish, default):
    (knob,) = space_of(lambda s: s.knob("k", (1, 2, 4, 8), wish)).knobs
    assert knob.default == default


def test_a_choice_of_one_value_is_no_knob_but_still_a_number():
    def say(s):
        one = s.knob("one", (4,), 4)
        two = s.knob("two", (1, 2), 1)
        s.require(one * two <= 4, "four at most")

    found = space_of(say)
    assert [knob.name for knob in found.knobs] == ["two"]
    assert found.violation({"two": 1}) is None
    assert found.violation({"two": 2}) == "four at most"


def test_a_requirement_is_arithmetic_over_decisions_and_shapes():
    def say(s):
        a, b = (s.knob(name, (1, 2, 4, 8), 4) for name in "ab")
        s.require(a * b <= s.extent("m"), "too much")

    found = space_of(say)
    assert found.violation({"a": 1, "b": 4}) is None
    assert found.violation({"a": 2, "b": 4}) == "too much"
    (requirement,) = found.requirements
    together: Any = requirement.holds(
        {"a": np.array([1, 2, 8]), "b": np.array([4, 4, 1])}
    )
    assert together.tolist() == [True, False, False]


def test_alternatives_are_words_outside_and_numbers_inside():
    def say(s):
        copy = s.choose("copy", ("a", "b", "c"), "b")
        s.require(copy <= 1, "not c")

    found = space_of(say)
    (knob,) = found.knobs
    assert (knob.values, knob.default) == (("a", "b", "c"), "b")
    legal = [v for v in knob.values if found.violation({"copy": v}) is None]
    assert legal == ["a", "b"]
    (requirement,) = found.requirements
    together: Any = requirement.holds({"copy": np.array(["a", "c"])})
    assert together.tolist() == [True, False]


@pytest.mark.parametrize(("bound", "offered"), [(7, True), (6, False)])
def test_a_match_decides_whether_there_is_a_space(bound, offered):
    template = space(kind="any", name="s")(
        lambda s: s.match(s.extent("m") <= bound, "small")
    )
    found = elaborate(template, FACTS)
    assert isinstance(found, Elaborated) if offered else found == "small"


def test_a_space_that_asks_for_a_loop_that_is_not_there_is_not_offered():
    template = space(kind="any", name="s")(lambda s: s.extent("height"))
    assert elaborate(template, FACTS) == "the workload has no loop 'height'"


def test_what_stands_for_each_loop_is_named_after_it():
    def say(s):
        with s.per_loop("parallel", num_results=1) as sizes:
            extent = s.loop("extent")
            vec = s.knob("vec", s.tiles(extent, 1, 8), 1)
            s.require(vec <= extent, "not longer than its loop")
            s.collect(vec)
        s.require(s.product(sizes[0]) <= 16, "few elements")

    found = space_of(say)
    assert [knob.name for knob in found.knobs] == ["vec0", "vec1"]
    assert found.violation({"vec0": 2, "vec1": 8}) is None
    assert found.violation({"vec0": 4, "vec1": 8}) == "few elements"
    assert len(found.requirements) == 3


def test_sizes_of_loops_that_were_passed_over_are_taken_from_the_other():
    def say(s):
        with s.per_loop("parallel", num_results=1) as parallel:
            s.collect(s.loop("extent"))
        with s.per_loop("reduction", num_results=1) as reduction:
            s.collect(s.loop("extent"))
        s.match(s.product(parallel[0]) == 7 * 96, "parallel")
        s.match(s.product(s.join(parallel[0], reduction[0])) == 7 * 96 * 64, "all")

    made(space(kind="any", name="s")(say))


def test_the_vector_of_a_fused_op_takes_its_own_width():
    # The fused op walks loop 0 of the root and one of its own.
    def say(s):
        sizes = s.by_role(3, 8, 1, 1)
        s.match(s.fused_vector(sizes, 16) == 3 * 16, "fused")

    made(space(kind="any", name="s")(say))


def test_experts_wish_and_get_the_nearest_legal_decisions():
    def say(s):
        rows = s.knob("rows", (2, 4, 6), 4)
        s.choose("copy", ("none", "panel"), "panel")
        s.require(rows <= 4, "short")
        s.advise("small", rows=3, copy=0)
        s.advise("illegal", rows=6)
        s.advise("silent")
        # What another expert said already.
        s.advise("small again", rows=2, copy=0)

    experts = made(space(kind="any", name="s")(say)).experts
    assert [dict(expert.decisions) for expert in experts] == [
        {"rows": 2, "copy": "none"},
        {"rows": 4, "copy": "panel"},
    ]


@pytest.mark.parametrize(("default", "expected"), [(4, [{"rows": 4}]), (6, [])])
def test_without_legal_advice_the_defaults_are_tried_if_they_are_legal(
    default, expected
):
    def say(s):
        rows = s.knob("rows", (2, 4, 6), default)
        s.require(rows <= 4, "short")
        s.advise("illegal", rows=6)

    experts = made(space(kind="any", name="s")(say)).experts
    assert [dict(expert.decisions) for expert in experts] == expected


def test_advice_on_one_trace_may_be_given_in_pieces():
    def say(s):
        for name in "ab":
            s.knob(name, (1, 2), 1)
            s.advise("both", **{name: 2})

    (expert,) = made(space(kind="any", name="s")(say)).experts
    assert dict(expert.decisions) == {"a": 2, "b": 2}


def steps_of(say, **decisions):
    template = space(kind="any", name="s")(say)
    return list(made(template).steps(decisions))


def test_steps_have_the_numbers_that_were_decided():
    def say(s):
        rows = s.knob("rows", (2, 4), 2)
        root = s.payload("root")
        _, loop = s.tile(root, s.by_role(rows, 8, 0, 1), exchange=())
        s.unroll(loop, rows * 2)

    payload, tile, unroll = steps_of(say, rows=4)
    assert (payload.op, payload.attributes) == ("mlopt.payload", {"ops": "root"})
    assert tile.sizes == (4, 8, 0)
    assert tile.handles == payload.results
    assert unroll.numbers == (8,)
    assert unroll.handles == tile.results[1:]


def test_steps_are_taken_only_where_their_condition_holds():
    def say(s):
        rows = s.knob("rows", (2, 4), 2)
        with s.when(rows > 2):
            s.hoist(s.payload("function"))

    assert steps_of(say, rows=2) == []
    assert [s.op for s in steps_of(say, rows=4)] == ["mlopt.payload", "mlopt.hoist"]


def test_what_is_not_decided_is_at_its_default():
    def say(s):
        rows = s.knob("rows", (2, 4), 4)
        s.configure(s.payload("root"), s.by_role(rows, 0, 0, 0), level="distribution")

    assert steps_of(say)[-1].sizes == (4, 0, 0)


def line(op, *operands, result=None, **attributes) -> Line:
    results = () if result is None else (result,)
    return Line(
        op=op,
        operands=operands,
        results=results,
        attributes=attributes,
        place=f"own.mlir:{result}:3",
    )


CHOICE = (
    line("mlopt.list", result=0, values=(1, 2)),
    line("arith.constant", result=1, value=1),
    line("mlopt.knob", 0, 1, result=2, name="one"),
)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (line("mlopt.scaled", 0, 2, result=3), "of 'mlopt.scaled' depends on a"),
        (line("mlopt.knob", 0, 2, result=3, name="x"), "of 'mlopt.knob' depends on a"),
        (line("math.exp2", 1, result=3), "'math.exp2' cannot be computed"),
        (line("math.exp2", 2, result=3), "'math.exp2' cannot be computed"),
        (line("arith.cmpi", 2, 1, result=3, predicate=6), "of signed integers"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_its_place(wrong, sentence):
    template = SpaceTemplate(
        name="s", kind="any", target="llvm-cpu", version="1", lines=(*CHOICE, wrong)
    )
    with pytest.raises(InputError) as raised:
        elaborate(template, FACTS)
    assert str(raised.value).startswith("own.mlir:3:3: error: ")
    assert sentence in str(raised.value)


def test_a_value_of_a_space_is_no_truth_in_python():
    with pytest.raises(SpaceError, match="combine conditions by"):
        space_of(lambda s: s.extent("m") < 3 or s.extent("n"))
