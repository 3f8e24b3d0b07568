"""Pipelines are cut at their top level only, and ours are told from the compiler's."""

import pytest

from mlopt.driver.opt.pipeline import (
    CompilerPasses,
    OwnPass,
    call_of,
    elements_of,
    options_of,
    steps_of,
)
from mlopt.driver.opt.request import PassCall, UsageError

OWN = {"mlopt-verify", "mlopt-partition"}


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("builtin.module()", ()),
        (" builtin.module( a , b ) ", ("a", "b")),
        ("builtin.module(a{x=1,2 y=(3,4)},b)", ("a{x=1,2 y=(3,4)}", "b")),
        ("builtin.module(func.func(a,b),c)", ("func.func(a,b)", "c")),
        ("builtin.module(a{x='1,}2'},b)", ("a{x='1,}2'}", "b")),
        ("any(a)", ("a",)),
    ],
)
def test_elements_are_those_of_the_top_level(text, elements):
    assert elements_of(text) == elements


@pytest.mark.parametrize(
    "text",
    [
        "",
        "canonicalize",
        "func.func(a)",
        "builtin.module(a",
        "builtin.module(a{x=1)",
        "builtin.module(a))",
        "builtin.module(a,,b)",
        "builtin.module(a{x='1)",
    ],
)
def test_a_pipeline_without_form_is_bad_usage(text):
    with pytest.raises(UsageError):
        elements_of(text)


def test_neighbouring_compiler_passes_run_together_and_ours_in_between():
    steps = steps_of(("a", "func.func(b)", "mlopt-verify", "mlopt-partition{n=3}"), OWN)
    assert steps == (
        CompilerPasses(elements=("a", "func.func(b)")),
        OwnPass(name="mlopt-verify", options={}),
        OwnPass(name="mlopt-partition", options={"n": "3"}),
    )
    assert isinstance(steps[0], CompilerPasses)
    assert steps[0].text == "builtin.module(a,func.func(b))"


def test_order_is_kept_around_ours():
    names = [type(step) for step in steps_of(("a", "mlopt-verify", "b"), OWN)]
    assert names == [CompilerPasses, OwnPass, CompilerPasses]


def test_a_nested_pipeline_is_no_pass_of_ours():
    assert call_of("func.func(mlopt-verify)").name not in OWN


def test_a_call_is_written_as_it_is_read():
    call = PassCall(name="p", options="a=b c={d e}")
    assert call.text == "p{a=b c={d e}}"
    assert call_of(call.text) == call
    assert options_of(call) == {"a": "b", "c": "{d e}"}
    assert options_of(PassCall(name="p", options="flag")) == {"flag": "true"}
