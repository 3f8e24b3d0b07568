"""Spaces in Python say what files say, and what makes no sense is refused at once."""

import dataclasses

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.errors import SpaceError
from mlopt.core.template import Line, SpaceTemplate
from mlopt.dialect.builders import space
from mlopt.dialect.printing import schedule_text, space_text
from mlopt.isolation import Worker

READ = "mlopt.dialect.reading:read_templates"


@pytest.fixture(scope="module")
def read():
    worker = Worker(name="dialect")
    yield lambda text: worker.call(READ, text, "x.mlir", timeout_s=60.0)
    worker.close()


def bare(template: SpaceTemplate) -> SpaceTemplate:
    """Without places, which a file has and Python has not."""

    def line(each: Line) -> Line:
        inner = tuple(map(line, each.lines))
        attributes = dict(sorted(each.attributes.items()))
        return dataclasses.replace(each, place="", lines=inner, attributes=attributes)

    return dataclasses.replace(template, lines=tuple(map(line, template.lines)))


@space(kind="contraction", version="3")
def everything(s):
    rows = s.knob("rows", s.divisors(s.extent("m"), low=2, high=8), default=4)
    way = s.choose("way", ["plain", '"odd" \\ é'], "plain")
    flag = s.knob("flag", [False, True], default=0)
    s.match(~(s.property("workload.is_float32") == 0), "floats")
    s.require((rows * 2 <= 64) & (way < 1) | (flag == 1), "small")
    s.advise("one", rows=4, way=1)
    with s.per_loop("all", num_results=1) as sizes:
        s.collect(s.minimum(s.loop("extent"), s.maximum(rows, 16)))
    root = s.payload("root")
    with s.when(rows > 2):
        _, loop = s.tile(root, sizes[0], exchange=["m", "n"])
        s.unroll(loop, s.select(flag == 1, rows % 3, rows // 3 - 1))
    s.interchange(root, permutation=(1, 0, 2))


def test_what_is_printed_reads_back_as_the_same(read):
    (back,) = read(space_text(everything))
    # A list is a tuple of an attribute, in Python and in the file.
    assert bare(back) == bare(everything)


def test_every_shipped_space_survives_printing(templates, read):
    for template in templates:
        (back,) = read(space_text(template))
        assert bare(back) == bare(template)


def test_a_schedule_keeps_its_decisions(read):
    trace = Trace(space="a.b", decisions=(("rows", 4), ("way", "x"), ("flag", True)))
    text = schedule_text(trace, "62c0", speedup=1.5, provenance="a test")
    assert 'decisions = {rows = 4 : i64, way = "x", flag = true}' in text
    assert "speedup = 1.5 : f64" in text


@pytest.mark.parametrize(
    ("say", "sentence"),
    [
        (lambda s: s.extent(loop="q"), "loop is one of m, n, k"),
        (lambda s: s.tile(s.payload("root")), "tile\\(target, sizes, exchange=\\)"),
        (lambda s: s.payload("root", color="red"), "is how it is called"),
        (lambda s: s.by_role("a", 1, 1, 1), "no number of a space"),
    ],
)
def test_a_wrong_call_is_a_sentence(say, sentence):
    with pytest.raises(SpaceError, match=sentence):
        space(kind="any", name="s")(say)


def test_an_operation_that_does_not_exist_is_no_method():
    with pytest.raises(AttributeError, match="no operation 'tyle'"):
        space(kind="any", name="s")(lambda s: s.tyle())
