"""A licence names a precision and an accuracy, or is none."""

import pytest

from mlopt.core.errors import InputError
from mlopt.core.licence import Licence, Precision


def test_without_a_precision_there_is_none():
    assert Licence.of(None, None) is None


def test_it_says_what_it_allows():
    licence = Licence.of("bf16", 0.02)
    assert licence == Licence(Precision.BF16, 0.02)
    assert str(licence) == "bf16, 0.02 (relative) allowed"


@pytest.mark.parametrize(
    ("precision", "accuracy", "sentence"),
    [
        ("bf16", None, "say by how much"),
        (None, 0.02, "choose one of bf16, int8"),
        ("int8", None, "say by how much"),
        ("int4", 0.02, "choose one of bf16, int8"),
        ("fp4", 0.02, "there is no precision 'fp4'"),
        ("bf16", 0.0, "between 0 and 1"),
        ("bf16", float("nan"), "between 0 and 1"),
        ("bf16", 2.0, "between 0 and 1"),
    ],
)
def test_what_makes_no_sense_is_refused(precision, accuracy, sentence):
    with pytest.raises(InputError, match=sentence):
        Licence.of(precision, accuracy)
