"""`expected-*` comments demand what mlir-opt's would, and miss nothing."""

import pytest

from mlopt.driver.opt.diagnostics import Diagnostic, Kind, Place
from mlopt.driver.opt.expectations import complaints, expectations_of

NAME = "t.mlir"


def said(line, message="broken", kind=Kind.ERROR, notes=()):
    place = None if line is None else Place(file=NAME, line=line, column=3)
    return Diagnostic(kind=kind, place=place, message=message, notes=tuple(notes))


def complain(lines, produced, *, only_expected=False):
    found = complaints(
        expectations_of(lines), produced, name=NAME, only_expected=only_expected
    )
    return [complaint.message for complaint in found]


@pytest.mark.parametrize(
    ("suffix", "line"),
    [("", 3), ("@+1", 4), ("@-2", 1), ("@above", 2), ("@below", 4), ("@unknown", None)],
)
def test_a_suffix_says_which_line_is_meant(suffix, line):
    lines = ["op", "op", f"// expected-error{suffix} {{{{text}}}}", "op"]
    (expectation,) = expectations_of(lines)
    assert (expectation.line, expectation.written_at) == (line, 3)
    assert expectation.text == "text"


def test_stacked_comments_mean_the_same_line():
    comments = ["// expected-error@below {{a}}", "// expected-note@below {{b}}"]
    found = expectations_of(["op", *comments, "op"])
    assert [e.line for e in found] == [4, 4]
    assert [e.kind for e in found] == [Kind.ERROR, Kind.NOTE]


def test_a_misspelt_comment_is_none():
    assert not expectations_of(["// expect-error {{a}}", "// expected-error a"])


def test_what_is_met_gives_no_complaint():
    lines = ["op // expected-error {{roke}}", "// expected-note@-1 {{see}}"]
    note = said(1, "see here", Kind.NOTE)
    assert complain(lines, [said(1, notes=[note])]) == []


@pytest.mark.parametrize(
    ("lines", "produced", "message"),
    [
        (["// expected-error {{x}}"], [], 'expected error "x" was not produced'),
        (["op"], [said(1)], "unexpected error: broken"),
        (["op"], [said(None)], "unexpected error: broken"),
        (
            ["op // expected-warning {{broken}}"],
            [said(1)],
            "'error' diagnostic emitted when expecting a 'warning'",
        ),
        (["op // expected-error {{broken}}"], [said(1), said(1)], "unexpected error"),
        (["op // expected-error {{broken}}"], [said(2)], "unexpected error"),
    ],
)
def test_what_is_not_met_is_an_error(lines, produced, message):
    assert message in complain(lines, produced)[0]


def test_only_expected_lets_remarks_pass_but_no_errors():
    remark = said(1, kind=Kind.REMARK)
    assert complain(["op"], [remark], only_expected=True) == []
    assert complain(["op"], [remark])
    assert complain(["op"], [said(1)], only_expected=True)


def test_a_regex_is_embedded_in_plain_text():
    (expectation,) = expectations_of(["// expected-error-re {{(a) {{[0-9]+}} b}}"])
    assert expectation.fits("it says (a) 12 b")
    assert not expectation.fits("it says (a) x b")
