"""The flattened signature: leaves, statics, keys, weak types, errors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.core.errors import SignatureError
from mlopt.core.tensors import TensorSpec
from mlopt.frontend.arguments import ArgumentSet
from mlopt.frontend.signature import (
    Results,
    bind,
    to_numpy,
    to_words,
)

X = np.ones((2, 3), np.float32)


def specs(*args, **kwargs):
    signature, _ = bind(args, kwargs)
    return [str(leaf.tensor) for leaf in signature.leaves]


def test_leaves_follow_the_tree_order_with_keywords_last():
    tree = {"b": np.ones(4, np.int8), "a": X}
    assert specs(tree, z=np.True_, y=jnp.ones(2, jnp.bfloat16)) == [
        "float32[2,3]",
        "int8[4]",
        "bfloat16[2]",
        "bool[]",
    ]


def test_doubles_become_what_jax_makes_of_them():
    assert specs(np.ones(3), np.arange(3)) == ["float32[3]", "int32[3]"]
    assert to_numpy(np.ones(3)).dtype == np.float32


def test_python_scalars_are_weak_and_arrays_are_not():
    signature, _ = bind((2.5, np.float32(2.5)), {})
    assert [leaf.weak_type for leaf in signature.leaves] == [True, False]
    assert signature.leaves[0].tensor == TensorSpec(shape=(), dtype="float32")


def test_a_typed_key_is_its_words_and_comes_back_as_a_key():
    key = jax.random.key(3)
    signature, leaves = bind((key,), {})
    assert str(signature.leaves[0].tensor) == "uint32[2]"
    (rebuilt,), _ = signature.rebuild([to_words(leaves[0])])
    assert jax.random.key_impl(rebuilt) == jax.random.key_impl(key)
    assert np.array_equal(jax.random.key_data(rebuilt), jax.random.key_data(key))


def test_statics_return_to_their_places():
    def function(a, mode, b, *, flag, c):
        raise AssertionError

    static = ArgumentSet.of(function, argnums=1, argnames="flag")
    signature, leaves = bind((1, "relu", 2), {"flag": True, "c": 3}, static)
    assert leaves == [1, 2, 3]
    assert signature.rebuild([10, 20, 30]) == (
        [10, "relu", 20],
        {"c": 30, "flag": True},
    )


@pytest.mark.parametrize("given", [{"argnums": 1}, {"argnames": "mode"}])
def test_a_static_is_found_by_position_and_by_name(given):
    def function(a, mode):
        raise AssertionError

    static = ArgumentSet.of(function, **given)
    by_position, _ = bind((1, "relu"), {}, static)
    by_name, _ = bind((1,), {"mode": "relu"}, static)
    assert len(by_position.leaves) == len(by_name.leaves) == 1


def test_constants_are_no_leaves_and_return_to_their_places():
    def function(mode, weights, x, *, scale):
        raise AssertionError

    static = ArgumentSet.of(function, argnums=0)
    constants = ArgumentSet.of_places(function, [1, "scale"], option="constant")
    weights = {"w": jnp.ones(3)}
    signature, leaves = bind(
        ("relu", weights, X), {"scale": jnp.ones(())}, static, constants
    )
    assert [leaf is X for leaf in leaves] == [True]
    (mode, found, x), keywords = signature.rebuild([7])
    assert (mode, x) == ("relu", 7)
    assert found["w"] is weights["w"]
    assert list(keywords) == ["scale"]


def test_other_constants_are_another_signature():
    constants = ArgumentSet(frozenset({0}))
    first, same, other = (
        bind((jnp.full(3, value), X), {}, constants=constants)[0]
        for value in (1.0, 1.0, 2.0)
    )
    assert first == same
    assert hash(first) == hash(same)
    assert first != other


def test_equal_calls_have_equal_hashes_and_other_shapes_do_not():
    first, _ = bind((X,), {})
    second, _ = bind((X + 1,), {})
    other, _ = bind((X.T,), {})
    assert hash(first) == hash(second)
    assert first == second
    assert first != other


def test_statics_that_compare_equal_but_differ_in_class_are_told_apart():
    static = ArgumentSet(frozenset({0}))
    signatures = {bind((value, X), {}, static)[0] for value in (1, True, 1.0)}
    assert len(signatures) == 3


def test_a_leaf_that_is_no_array_is_named():
    with pytest.raises(SignatureError, match=r"args\[0\]\['act'\] is a str"):
        bind(({"act": "relu"},), {})
    with pytest.raises(SignatureError, match=r"argument act is a str"):
        bind((), {"act": "relu"})


def test_an_unhashable_static_is_named():
    with pytest.raises(SignatureError, match="static argument 0 is a list"):
        bind(([1],), {}, ArgumentSet(frozenset({0})))


def test_results_rebuild_their_tree_and_their_keys():
    value = {"k": jax.random.key(0), "x": (X, None)}
    results, leaves = Results.of(value)
    rebuilt = results.rebuild([to_words(leaf) for leaf in leaves])
    assert jax.tree.structure(rebuilt) == jax.tree.structure(value)
    assert jax.random.key_impl(rebuilt["k"]) == jax.random.key_impl(value["k"])
