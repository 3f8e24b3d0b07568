"""A call that does not fit says which argument, what was wanted and what came."""

import numpy as np
import pytest

from mlopt.core.errors import SignatureError
from mlopt.decorator.mismatch import check_call, readable_tree
from mlopt.frontend.signature import bind

WEIGHTS = {"w": np.zeros((2, 3), np.float32), "b": np.zeros(3, np.float32)}
X = np.zeros((4, 2), np.float32)


@pytest.fixture
def expected():
    signature, _ = bind((WEIGHTS, X), {"scale": np.float32(1)})
    return signature


def test_other_values_of_the_same_shapes_are_welcome(expected):
    weights = {name: value + 1 for name, value in WEIGHTS.items()}
    check_call("layer", expected, (weights, X + 1), {"scale": np.float32(2)})


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        (
            (WEIGHTS | {"b": np.zeros(4, np.float32)}, X),
            {"scale": np.float32(1)},
            ["layer", "argument 0['b']", "float32[3]", "float32[4]"],
        ),
        (
            (WEIGHTS, X.astype(np.int32)),
            {"scale": np.float32(1)},
            ["argument 1 ", "float32[4,2]", "int32[4,2]"],
        ),
        (
            (WEIGHTS, X),
            {"scale": np.zeros(1, np.float32)},
            ["argument scale ", "float32[1]"],
        ),
        ((WEIGHTS, X), {}, ["{'b': *, 'w': *}, *, scale=*", "{'b': *, 'w': *}, *)"]),
        ((WEIGHTS,), {"scale": np.float32(1)}, ["was called with ({"]),
    ],
)
def test_the_sentence_names_the_argument(expected, args, kwargs, words):
    with pytest.raises(SignatureError) as caught:
        check_call("layer", expected, args, kwargs)
    for word in words:
        assert word in str(caught.value)


def test_a_tree_reads_like_a_call():
    signature, _ = bind(([X, (X,)], None), {"k": {"a": X}})
    assert readable_tree(signature.tree) == "([*, (*,)], None, k={'a': *})"
