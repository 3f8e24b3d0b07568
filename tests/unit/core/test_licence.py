"""A licence names a precision and an accuracy, or is none."""

import pytest

from mlopt.core.errors import InputError
from mlopt.core.licence import Licence, Precision


def test_without_a_precision_there_is_none():
    assert Licence.of(None, None) is None


def test_pruning_is_a_licence_of_its_own_or_beside_a_precision():
    alone = Licence.of(None, None, pruning=True, constants=("w",))
    assert alone == Licence(pruning=True)
    assert str(alone) == "pruning of zero blocks"
    both = Licence.of("int8", 0.1, pruning=True, constants=(0,))
    assert both == Licence(Precision.INT8, 0.1, pruning=True)
    assert str(both) == "int8, 0.1 (relative) allowed; pruning of zero blocks"


def test_pruning_without_constants_is_refused_in_a_sentence():
    for precision, accuracy in ((None, None), ("bf16", 0.02)):
        with pytest.raises(InputError, match=r"declare the arguments .* constant"):
            Licence.of(precision, accuracy, pruning=True)


def test_records_are_kept_apart_by_all_of_it_but_the_accuracy():
    assert Licence(Precision.BF16, 0.1).asked == Licence(Precision.BF16, 0.2).asked
    licences = [
        Licence(pruning=True),
        *(Licence(p, 0.1, pruning) for p in Precision for pruning in (False, True)),
    ]
    assert len({licence.asked for licence in licences}) == len(licences)
    # What databases of earlier versions have.
    assert Licence(Precision.BF16, 0.1).asked == ("bf16",)


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
