"""Templates without loops and regions: what stands for each loop is written out."""

import pytest

from mlopt.core.errors import InputError
from mlopt.core.template import Line, SpaceTemplate
from mlopt.dialect.builders import space
from mlopt.dialect.expansion import Unfit, expand
from mlopt.dialect.facts import Facts, facts_of

PLACE = "own.mlir:3:5"


@pytest.fixture
def facts(kernels, cpu) -> Facts:
    return facts_of(kernels.matmul(7, 96, 64), cpu)


@pytest.fixture
def expanded(facts):
    """Instructions by operation, of a space said in Python or given as lines."""

    def find(said, given=facts):
        if isinstance(said, tuple):
            template = SpaceTemplate(
                name="s", kind="any", target="llvm-cpu", version="1", lines=said
            )
        else:
            template = space(kind="any", name="s")(said)
        found = {}
        for line in expand(template, given):
            found.setdefault(line.op, []).append(line)
        return found

    return find


def names(lines):
    return [line.attributes["name"] for line in lines]


def sized(s, iterators="parallel"):
    """A knob for each loop of a kind, and the sizes of all."""
    with s.per_loop(iterators, num_results=1) as sizes:
        s.collect(s.knob("vec", (1, 2), 1))
    return sizes[0]


@pytest.mark.parametrize(
    ("iterators", "expected"),
    [
        ("parallel", ["vec0", "vec1"]),
        ("reduction", ["vec2"]),
        ("all", ["vec0", "vec1", "vec2"]),
    ],
)
def test_a_choice_in_a_loop_is_one_for_each_loop_of_its_kind(
    expanded, iterators, expected
):
    found = expanded(lambda s: sized(s, iterators))
    assert names(found["mlopt.knob"]) == expected
    assert not {"mlopt.per_loop", "mlopt.collect"} & set(found)


def test_a_loop_says_its_own_extent(expanded):
    def say(s):
        with s.per_loop("all", num_results=1):
            s.collect(s.loop("extent"))

    constants = expanded(say)["arith.constant"]
    assert [line.attributes["value"] for line in constants] == [7, 96, 64]


def test_advice_in_a_loop_is_about_the_loops_own_choices(expanded):
    def say(s):
        with s.per_loop("parallel", num_results=1):
            vec = s.knob("vec", (1, 2), 1)
            s.advise("one", vec=1)
            s.collect(vec)

    advice = expanded(say)["mlopt.advise"]
    assert [line.attributes["knobs"] for line in advice] == [("vec0",), ("vec1",)]


def test_sizes_by_role_go_to_the_loops_of_that_role(expanded, kernels, cpu):
    def say(s):
        s.configure(s.payload("root"), s.by_role(1, 2, 3, 4), level="distribution")

    batched = facts_of(kernels.matmul(7, 96, 64, batch=5), cpu)
    found = expanded(say, batched)
    (step,) = found["mlopt.configure"]
    constants = {c.results[0]: c.attributes["value"] for c in found["arith.constant"]}
    assert {p: constants[v] for p, v in step.sizes.items()} == {0: 4, 1: 1, 2: 2, 3: 3}
    assert step.operands[1] is None


def test_joined_sizes_are_of_the_loops_of_both(expanded):
    def say(s):
        both = s.join(sized(s, "parallel"), sized(s, "reduction"))
        s.configure(s.payload("root"), both, level="distribution")

    found = expanded(say)
    knobs = [knob.results[0] for knob in found["mlopt.knob"]]
    assert found["mlopt.configure"][0].sizes == dict(enumerate(knobs))


def test_the_product_of_no_sizes_is_one(expanded, kernels, cpu):
    def say(s):
        s.match(s.product(sized(s, "reduction")) == 5, "five")

    found = expanded(say, facts_of(kernels.elementwise((8, 8)), cpu))
    values = [line.attributes["value"] for line in found["arith.constant"]]
    assert values == [1, 5]


def test_what_stands_in_regions_is_guarded_by_all_around_it(expanded):
    def say(s):
        rows = s.knob("rows", (2, 4), 2)
        function = s.payload("function")
        with s.when(rows > 2):
            with s.when(rows > 3):
                s.hoist(function)
            s.vectorize(function)

    found = expanded(say)
    outer, inner = (line.results[0] for line in found["arith.cmpi"])
    (hoist,), (vectorize,) = found["mlopt.hoist"], found["mlopt.vectorize"]
    assert hoist.guards == ((outer, 1), (inner, 1))
    assert vectorize.guards == ((outer, 1),)
    assert found["mlopt.payload"][0].guards == ()


def test_a_loop_is_reached_where_what_is_around_it_is(expanded):
    def say(s):
        rows = s.knob("rows", (2, 4), 2)
        with s.when(rows > 2), s.per_loop("parallel", num_results=1):
            extent = s.loop("extent")
            s.require(rows <= extent, "not longer than its loop")
            s.collect(extent)

    found = expanded(say)
    guards = [line.guards for line in found["mlopt.require"]]
    assert guards == [((found["arith.cmpi"][0].results[0], 1),)] * 2


def alternative(label: str, *lines: Line) -> Line:
    return Line(op="mlopt.alternative", attributes={"label": label}, lines=lines)


def test_each_alternative_is_guarded_by_its_position(expanded):
    step = Line(op="mlopt.hoist", operands=(0,))
    lines = (
        Line(op="mlopt.payload", results=(0,), attributes={"ops": "function"}),
        Line(
            op="mlopt.alternatives",
            results=(1,),
            attributes={"name": "way", "default": "a"},
            lines=(alternative("a"), alternative("b", step, step)),
        ),
    )
    found = expanded(lines)
    (way,) = found["mlopt.alternatives"]
    assert way.attributes["labels"] == ("a", "b")
    guards = [line.guards for line in found["mlopt.hoist"]]
    assert guards == [((way.results[0], 1),)] * 2


@pytest.mark.parametrize(
    ("say", "sentence"),
    [
        (lambda s: s.by_loop(1, 2), "2 sizes for 3 loops"),
        (lambda s: s.by_loop(1, 2, 3, 4), "4 sizes for 3 loops"),
    ],
)
def test_sizes_are_as_many_as_the_loops(expanded, say, sentence):
    with pytest.raises(Unfit, match=sentence):
        expanded(say)


def test_roles_are_of_plain_contractions(expanded, kernels, cpu):
    other = facts_of(kernels.row_sum(64, 1000), cpu)
    with pytest.raises(Unfit, match="is no plain contraction"):
        expanded(lambda s: s.by_role(1, 1, 1, 1), other)


NUMBER = Line(op="arith.constant", results=(0,), attributes={"value": 1})
SIZES = Line(op="mlopt.by_loop", operands=(0, 0, 0), results=(1,))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            Line(op="mlopt.loop", attributes={"property": "extent"}, place=PLACE),
            "there is no loop here",
        ),
        (
            Line(op="mlopt.product", operands=(0,), place=PLACE),
            "a number where sizes are needed",
        ),
        (
            Line(op="mlopt.by_loop", operands=(0, 0, 1), results=(2,), place=PLACE),
            "sizes where a number is needed",
        ),
        (
            Line(op="mlopt.when", operands=(1,), place=PLACE),
            "sizes where a number is needed",
        ),
    ],
)
def test_a_wrong_type_is_refused_with_its_place(expanded, line, sentence):
    with pytest.raises(InputError, match=f"{PLACE}: error: {sentence}"):
        expanded((NUMBER, SIZES, line))
