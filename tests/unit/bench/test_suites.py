"""The programs of the CPU benchmark are there, are what they say, and are enough."""

import re
from collections import Counter

import jax
import pytest

from mlopt.bench.operators import OPERATORS
from mlopt.bench.suites import Family, Suite, entries
from mlopt.frontend.source import load_source, split_reference

SHAPE_IN_NAME = re.compile(r"matmul_(?:bf16_|int8_)?(\d+)x(\d+)x(\d+)$")


def loaded(entry):
    path, name = split_reference(entry.source)
    assert name is not None
    return load_source(path, name)


def test_the_suites_are_as_large_as_they_should_be():
    sizes = Counter(entry.suite for entry in entries())
    assert sizes[Suite.OPERATORS] >= 40
    families = Counter(e.family for e in entries() if e.suite is Suite.MODELS)
    assert set(families) == set(Family)
    training = [e for e in entries() if e.name.endswith("_training_step")]
    assert {e.family for e in training} == set(Family)


def test_names_are_unique_and_every_source_is_there():
    names = [entry.name for entry in entries()]
    assert len(set(names)) == len(names)
    for entry in entries():
        split_reference(entry.source)


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_can_be_traced_for_its_arrays(name):
    entry = next(entry for entry in entries() if entry.name == name)

    def arguments_and_results():  # traced as well: drawn, the arrays take longest
        source = loaded(entry)
        return source.args, jax.tree.leaves(source.function(*source.args))

    with jax.numpy_rank_promotion("allow"):  # users broadcast a bias
        args, results = jax.eval_shape(arguments_and_results)
    assert results
    if match := SHAPE_IN_NAME.match(name):
        m, n, k = map(int, match.groups())
        assert [x.shape for x in args] == [(m, k), (k, n)]
        assert results[0].shape == (m, n)


def test_an_operator_gets_the_same_numbers_every_time():
    first, second = (OPERATORS["embedding_5000x512_512"].build()[1] for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert int(first[1].max()) < 5000


def test_quick_programs_are_some_of_them():
    quick = entries(quick=True)
    assert {e.suite for e in quick} == set(Suite)
    assert {e.source for e in quick} < {e.source for e in entries()}
    assert all(e.budget.trials in range(1, 5) for e in quick)


def test_served_models_are_those_of_inference_with_their_weights_constant():
    by_suite = {suite: [e for e in entries() if e.suite is suite] for suite in Suite}
    served = by_suite[Suite.SERVED]
    assert len(served) >= 8
    assert {e.family for e in served} == set(Family)
    assert {e.family for e in by_suite[Suite.BF16]} == set(Family)
    assert {e.source for e in by_suite[Suite.BF16]} < {e.source for e in served}
    assert not any("training" in e.name for e in served)
    assert {e.constants for e in (*served, *by_suite[Suite.BF16])} == {(0,)}
    licences = [e.licence for e in by_suite[Suite.BF16]]
    assert all(licence and licence.accuracy == 0.05 for licence in licences)
    in_int8 = by_suite[Suite.INT8]
    assert len(in_int8) == len(by_suite[Suite.BF16]) + 1
    assert all(e.licence and e.licence.precision == "int8" for e in in_int8)
    assert {e.constants for e in in_int8} == {(0,), (1,)}
    others = (*by_suite[Suite.OPERATORS], *by_suite[Suite.MODELS], *served)
    assert not any(entry.licence for entry in others)
