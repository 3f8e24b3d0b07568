"""The models are what their names say: sizes as published, and they compute."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from mlopt.bench.models import detection, mlp, text_generators, transformers, vision

# The published sizes, running statistics of batch norms not counted.
RESNET18 = 11_689_512
MOBILENET_V2 = 3_504_872
BERT_LAYER = 7_087_872


@pytest.fixture(autouse=True)
def users_rules():
    """The models are written as users write them."""
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        yield


def made(make, transform):
    """The model's function, and its arguments as a transformation of JAX gives them."""
    functions = []

    def arguments():
        function, found = make()
        functions.append(function)
        return found

    found = transform(arguments)
    return functions[0], found


def described(make):
    """With shapes and dtypes for arguments: nothing is drawn."""
    return made(make, jax.eval_shape)


@functools.cache
def drawn(make):
    """With arguments that one program draws, once: XLA takes seconds for each model."""
    return made(make, lambda arguments: jax.jit(arguments)())


def num_parameters(program):
    _, (state, *_) = program
    if isinstance(state, nnx.State):
        state = nnx.filter_state(state, nnx.Param)
    return sum(leaf.size for leaf in jax.tree.leaves(state))


def shapes(program):
    function, arguments = program
    found = jax.eval_shape(function, *arguments)
    return [(leaf.shape, str(leaf.dtype)) for leaf in jax.tree.leaves(found)]


def outputs(program):
    function, arguments = program
    return [np.asarray(x) for x in jax.tree.leaves(jax.jit(function)(*arguments))]


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (vision.resnet18, RESNET18),
        (vision.mobilenet_v2, MOBILENET_V2),
        (transformers.bert_layers, 2 * BERT_LAYER),
    ],
)
def test_a_published_model_has_the_published_number_of_parameters(make, count):
    assert num_parameters(described(make)) == count


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (vision.resnet18, [(1, 1000)]),
        (vision.mobilenet_v2, [(1, 1000)]),
        (vision.cnn, [(8, 10)]),
        (detection.detector, [(1, 480, 4), (1, 480, 21)]),
        (text_generators.lstm_generator, [(16, 32, 5000)]),
        (text_generators.gru_generator, [(16, 32, 5000)]),
        (transformers.bert_layers, [(1, 128, 768)]),
        (transformers.gpt_prefill, [(1, 5000), *[(1, 128, 8, 64)] * 8]),
        (transformers.gpt_decode, [(1, 5000), *[(1, 128, 8, 64)] * 8]),
        (mlp.mlp_regressor, [(64, 1)]),
    ],
)
def test_results_have_their_shapes_in_float32(make, expected):
    assert shapes(described(make)) == [(shape, "float32") for shape in expected]


@pytest.mark.parametrize(
    "make",
    [
        vision.mobilenet_v2,
        vision.cnn,
        detection.detector,
        text_generators.gru_generator,
        transformers.gpt_decode,
        mlp.mlp_regressor,
    ],
)
def test_results_are_finite_and_say_something(make):
    first, *_ = outputs(drawn(make))
    assert np.isfinite(first).all()
    assert first.std() > 1e-4
    assert np.abs(first).max() < 1e3


def test_probabilities_of_the_detector_add_up_and_boxes_have_an_area():
    boxes, probabilities = outputs(drawn(detection.detector))
    np.testing.assert_allclose(probabilities.sum(-1), 1.0, rtol=1e-5)
    assert (boxes[..., 2:] > boxes[..., :2]).all()


def test_without_offsets_a_box_is_its_anchor():
    anchors = detection.anchors(4)
    assert anchors.shape == (4 * 4 * 6, 4)
    boxes = np.asarray(detection.decode(jnp.zeros((1, len(anchors), 4)), anchors))[0]
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    np.testing.assert_allclose(centre, anchors[:, :2], atol=1e-6)
    np.testing.assert_allclose(boxes[:, 2:] - boxes[:, :2], anchors[:, 2:], atol=1e-6)


def prefill(words):
    function, (state, *_) = drawn(transformers.gpt_prefill)
    start = jnp.zeros((), jnp.int32)
    return jax.jit(function)(state, words, transformers.empty_caches(), start)


def words(count):
    return jax.random.randint(jax.random.key(5), (1, count), 0, 5000, jnp.int32)


def test_a_decoded_word_is_what_a_longer_prompt_says():
    expected, _ = prefill(words(9))
    _, caches = prefill(words(9)[:, :8])
    function, (state, *_) = drawn(transformers.gpt_decode)
    last, position = words(9)[:, 8:], jnp.asarray(8, jnp.int32)
    found, _ = jax.jit(function)(state, last, caches, position)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_word_does_not_see_the_words_after_it():
    _, changed = prefill(words(9).at[0, 8].set(7))
    _, caches = prefill(words(9))
    for (key, value), (other_key, other_value) in zip(caches, changed, strict=True):
        np.testing.assert_array_equal(key[:, :8], other_key[:, :8])
        np.testing.assert_array_equal(value[:, :8], other_value[:, :8])
    assert not np.array_equal(caches[-1][0][:, 8], changed[-1][0][:, 8])


@pytest.mark.parametrize(
    "make", [mlp.mlp_regressor_training_step, vision.cnn_training_step]
)
def test_a_training_step_lowers_the_loss_on_its_batch(make):
    step, (parameters, state, *batch) = drawn(make)
    step, losses = jax.jit(step), []
    for _ in range(12):
        parameters, state, loss = step(parameters, state, *batch)
        losses.append(float(loss))
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize(
    "make",
    [
        text_generators.lstm_generator_training_step,
        transformers.bert_layers_training_step,
    ],
)
def test_a_training_step_gives_back_what_it_takes(make):
    step, (parameters, state, *batch) = described(make)
    new, new_state, loss = jax.eval_shape(step, parameters, state, *batch)
    assert loss.shape == ()

    def kinds(tree):
        return jax.tree.map(lambda x: (jnp.shape(x), jnp.result_type(x)), tree)

    assert kinds(new) == kinds(parameters)
    assert kinds(new_state) == kinds(state)
