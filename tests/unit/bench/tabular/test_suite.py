"""What is trained on and what is searched share no shape, nor, in part, a kind."""

from mlopt.bench.tabular import suite
from mlopt.bench.tabular.suite import TABLED, TRAINING, UNSEEN


def shapes(operators):
    """Each as the arrays it takes, in any order."""
    return {tuple(sorted(map(str, each.arrays))) for each in operators.values()}


def test_no_shape_is_in_both():
    assert not shapes(TABLED) & shapes(TRAINING)
    assert not TABLED.keys() & TRAINING.keys()


def test_some_kinds_are_never_trained_on():
    tabled = {each.family for each in TABLED.values()}
    trained = {each.family for each in TRAINING.values()}
    assert tabled >= UNSEEN
    assert not UNSEEN & trained
    assert tabled - UNSEEN <= trained


def test_there_are_enough_of_them():
    assert len(TABLED) >= 24
    assert len({each.family for each in TABLED.values()}) >= 8


def test_every_one_is_a_program():
    for name in (*TABLED, *TRAINING):
        function, arguments = getattr(suite, name)()
        assert callable(function)
        assert arguments
