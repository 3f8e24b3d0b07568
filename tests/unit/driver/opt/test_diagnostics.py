"""Diagnostics have the form file:line:col: error: sentence, wherever they come from."""

import pytest

from mlopt.driver.opt.diagnostics import Diagnostic, Kind, Place, place_of, render


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ('loc("-":2:3)', "t.mlir:2:3"),
        ('loc("a b.py":7:1)', "a b.py:7:1"),
        ('loc("f"("x.py":4:9))', "x.py:4:9"),
        ('loc(callsite("-":1:2 at "y":3:4))', "t.mlir:1:2"),
        ('loc("a\\22b":1:2)', 'a"b:1:2'),
        ("loc(unknown)", "None"),
    ],
)
def test_the_innermost_place_of_a_location_counts(location, expected):
    assert str(place_of(location, "t.mlir")) == expected


def test_the_line_is_shown_with_a_caret_under_the_column():
    place = Place(file="t.mlir", line=2, column=3)
    error = Diagnostic(kind=Kind.ERROR, place=place, message="no")
    text = render(error, name="t.mlir", lines=["first", "\x1babc"])
    assert text == "t.mlir:2:3: error: no\n abc\n  ^\n"


def test_without_a_place_there_is_only_the_sentence():
    error = Diagnostic(kind=Kind.ERROR, place=None, message="no")
    assert render(error, name="t", lines=["x"]) == "<unknown>:0: error: no\n"
