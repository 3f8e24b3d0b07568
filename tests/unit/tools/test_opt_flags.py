"""Flags of `mlopt-opt` are read as LLVM's tools read them."""

import pytest

from mlopt.driver.opt.request import PassCall, UsageError
from mlopt.tools.opt_flags import read


@pytest.mark.parametrize("dash", ["-", "--"])
def test_one_dash_and_two_mean_the_same(dash):
    line = read([f"{dash}verify-each=false", f"{dash}cse", f"{dash}o", "x"])
    assert line.values == {"verify-each": "false", "o": "x"}
    assert line.passes == (PassCall(name="cse"),)
    assert not line.is_set("verify-each", otherwise=True)


@pytest.mark.parametrize("text", ["--p=a=b c=d", "--p{a=b c=d}", "--p= a=b c=d "])
def test_options_of_a_pass_come_in_two_forms(text):
    assert read([text]).passes == (PassCall(name="p", options="a=b c=d"),)


def test_passes_keep_their_order_and_a_dash_is_an_input():
    line = read(["--b", "-", "-a", "--b"])
    assert [call.name for call in line.passes] == ["b", "a", "b"]
    assert line.inputs == ("-",)


def test_a_value_is_also_the_next_word():
    assert read(["--pass-pipeline", "any(a)"]).values == {"pass-pipeline": "any(a)"}


@pytest.mark.parametrize(
    "arguments", [["-o"], ["--verify-each=maybe"], ["--=x"], ["---"], ["--p x"]]
)
def test_nonsense_is_bad_usage(arguments):
    with pytest.raises(UsageError):
        read(arguments)
