"""The PyTorch models compute what the JAX programs do, in every framework.

Skips where the extra `peers` is not installed.
"""

import dataclasses

import jax
import numpy as np
import pytest

from mlopt.bench import jobs, seats
from mlopt.bench.peers.jobs import PeerSpec, seat_peer
from mlopt.bench.peers.standing import Peer, standings, torch_model
from mlopt.bench.suites import Suite, entries
from mlopt.core.errors import InputError, MeasureError

WHY = "the extra `peers` is not installed"
torch = pytest.importorskip("torch", reason=WHY)

MODELS = {e.name: e for e in entries() if e.suite is Suite.MODELS}
MODELS = {name: e for name, e in MODELS.items() if torch_model(e.source)}
# Sums of 4608 products are the longest in them.
LONGEST_SUM = 4608


def spec_of(name, peer):
    entry = MODELS[name]
    source = jobs._load(entry.source)
    with jax.numpy_rank_promotion("allow"), jax.numpy_dtype_promotion("standard"):
        results = jax.jit(source.function)(*source.args)
    references = [np.asarray(x) for x in jax.tree.leaves(results)]
    model = torch_model(entry.source)
    assert model is not None
    return PeerSpec(
        peer=peer,
        model=model,
        material=jobs._material(source, references),
        reduction_length=LONGEST_SUM,
        num_threads=2,
    )


@pytest.fixture(scope="module")
def regressor():
    return spec_of("mlp_regressor", Peer.TORCH)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_gives_what_the_jax_program_gives(name):
    assert 0.0 < seat_peer(spec_of(name, Peer.TORCH)) < 1e-4


# One of each kind: dense, channels first where memory has them last, no dimensions.
KINDS = ("mlp_regressor", "cnn", "gpt_decode")
RUNS = [
    (Peer.TORCH_COMPILE, "mlp_regressor"),
    *((peer, name) for peer in (Peer.ONNXRUNTIME, Peer.OPENVINO) for name in KINDS),
]


@pytest.mark.parametrize(("peer", "name"), RUNS)
def test_every_framework_that_is_there_runs_a_model(peer, name):
    if reason := standings()[peer].reason:
        pytest.skip(f"{peer}: {reason}")
    assert 0.0 < seat_peer(spec_of(name, peer)) < 1e-4
    assert seats.sample_us(peer, 2) > 0.0


@pytest.mark.parametrize("peer", [Peer.ONNXRUNTIME, Peer.OPENVINO])
def test_inputs_are_held_as_long_as_the_call_is(peer):
    if reason := standings()[peer].reason:
        pytest.skip(f"{peer}: {reason}")
    from mlopt.bench.peers.engines import start
    from mlopt.bench.peers.torch_models.vision import cnn

    material = spec_of("cnn", peer).material
    engine = start(peer, cnn(material.weights, material.inputs), 2)
    # Not views of the PyTorch tensor, whose channels are last: somebody must hold them.
    call = engine.call
    assert call.__self__ is engine
    assert [x.shape for x in engine.inputs] == [(8, 3, 32, 32)]
    assert all(x.flags.c_contiguous for x in engine.inputs)


def changed(spec, **arrays):
    material = spec.material
    kept = {k: v for k, v in {**material.weights, **arrays}.items() if v is not None}
    return dataclasses.replace(
        spec, material=dataclasses.replace(material, weights=kept)
    )


def test_other_weights_are_found_out(regressor):
    bias = regressor.material.weights["output.bias"] + 1.0
    with pytest.raises(MeasureError, match=r"^wrong: output 0 is off by"):
        seat_peer(changed(regressor, **{"output.bias": bias}))


def test_weights_and_modules_that_differ_are_a_sentence(regressor):
    from mlopt.bench.peers.torch_models.mlp import mlp_regressor

    inputs = regressor.material.inputs
    more = changed(regressor, **{"extra.kernel": np.zeros((2, 2), np.float32)})
    with pytest.raises(InputError, match=r"no place for extra\.kernel"):
        mlp_regressor(more.material.weights, inputs)
    less = changed(regressor, **{"output.bias": None})
    with pytest.raises(InputError, match=r"differ in output\.bias"):
        mlp_regressor(less.material.weights, inputs)
    with pytest.raises(MeasureError, match=r"^cannot run it: InputError: "):
        seat_peer(less)
