"""Sentences out of diagnostics; the texts are what IREE 3.13 really prints."""

import pytest

from mlopt.compile.diagnostics import (
    Cause,
    Diagnostic,
    Severity,
    classify,
    first_error,
    headline,
    sentence,
    transcript,
    transform_failure,
)

WARNING = Diagnostic(
    Severity.WARNING,
    "model.mlir:3:8: reads uninitialized values from an operand\n\n"
    "model.mlir:1:1: called from\n",
)
LARGE_VECTORS = Diagnostic(
    Severity.ERROR,
    "model.mlir:3:8: One or more operations with large vector sizes (16384 bytes) "
    "were found:\n\n\nmodel.mlir:1:1: called from\n\n"
    "model.mlir:3:8:   %8 = vector.transfer_read %arg2[%arg0, %arg1], %0\n",
)
LATER = Diagnostic(Severity.ERROR, "model.mlir:3:8: failed to run translation")
ILLEGAL = (
    "user.py:12:3: failed to legalize operation 'stablehlo.custom_call' that was "
    'explicitly marked illegal: %0 = "stablehlo.custom_call"(%arg0) <{call_target_name '
    '= "foo"}> : (tensor<4xf32>) -> tensor<4xf32>\n\nuser.py:12:3: see current'
)


def test_the_first_error_is_one_line_past_warnings_and_without_ir():
    assert first_error([WARNING, LARGE_VECTORS, LATER]) == (
        "model.mlir:3:8: error: One or more operations with large vector sizes "
        "(16384 bytes) were found"
    )


def test_no_error_gives_nothing():
    assert first_error([WARNING]) == ""
    assert first_error([]) == ""


def test_an_operation_printed_behind_the_message_is_left_out():
    assert sentence(ILLEGAL) == (
        "user.py:12:3: error: failed to legalize operation 'stablehlo.custom_call' "
        "that was explicitly marked illegal"
    )


def test_a_message_without_a_location_stands_alone():
    assert sentence("something: broke") == "error: something: broke"


def test_a_location_with_blanks_and_colons_is_kept_whole():
    text = "jit(f)/dot: general:7:9: bad thing"
    assert sentence(text) == "jit(f)/dot: general:7:9: error: bad thing"


def test_a_location_on_a_later_line_is_not_taken_for_the_errors_own():
    assert sentence("broken\nmodel.mlir:1:2: called from") == "error: broken"


def test_the_nonposition_of_bytecode_is_left_out():
    assert sentence("a.mlirbc:0:0: bad version") == "a.mlirbc: error: bad version"


def test_a_long_message_is_cut_and_marked():
    line = headline("x" * 10_000)
    assert len(line) == 240
    assert line.endswith("xxx...")


def test_the_transcript_keeps_everything():
    text = transcript([WARNING, LATER])
    assert "called from" in text
    assert text.splitlines()[-1] == "error: model.mlir:3:8: failed to run translation"


@pytest.mark.parametrize(
    ("location", "prefix"),
    [
        ('loc("-":4:6)', "line 4: "),
        ('loc("fn"("spec.mlir":7:1))', "line 7: "),
        ("loc(unknown)", ""),
    ],
)
def test_a_transform_failure_names_the_scripts_line(location, prefix):
    text = (
        "Failed to apply named transform sequence.\n"
        f"Diagnostic message at {location}: could not find a parent op\n"
        'at loc(callsite("m.mlir":3:10 at "m.mlir":2:3)): target op'
    )
    assert transform_failure(text) == f"{prefix}could not find a parent op"


def test_a_transform_failure_in_other_words_is_passed_on():
    assert transform_failure("Failed to apply.") == "Failed to apply."


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (LARGE_VECTORS.text, Cause.VECTOR_SIZE),
        ("'func.func' op exceeded stack allocation limit of 32768", Cause.STACK_SIZE),
        (ILLEGAL, Cause.UNSUPPORTED_OP),
        (
            "'linalg.matmul' op expected only parallel dims to be set in the "
            "distribution tiling level, but tile size at index (2) was also set",
            Cause.LOWERING_CONFIG,
        ),
        ("anything else", Cause.OTHER),
    ],
)
def test_causes_are_told_apart(text, cause):
    assert classify(text) is cause
