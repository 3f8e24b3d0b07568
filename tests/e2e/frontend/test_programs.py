"""Programs as users write them run through IREE and give what JAX gives."""

from typing import Any

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import optax
import pytest
from flax import nnx
from jax import export, lax

from mlopt.frontend.files import ingest_file
from mlopt.frontend.ingest import ingest_callable
from mlopt.frontend.inputs import random_inputs
from mlopt.frontend.reference import reference_outputs

# Of the reference's largest value, per output dtype.
TOLERANCES = {"float32": 2e-4, "float16": 1e-2, "bfloat16": 5e-2, "complex64": 2e-4}


def normal(*shape, dtype: Any = np.float32):
    rng = np.random.default_rng(sum(shape))
    return (rng.standard_normal(shape) * 0.5).astype(dtype)


def integers(*shape, high, dtype=np.int32):
    return np.random.default_rng(sum(shape)).integers(0, high, shape).astype(dtype)


def gru_train_step():
    """One step of Adam on a GRU that is unrolled by lax.scan."""
    width = 16
    params = {
        "wx": normal(8, 3 * width),
        "wh": normal(width, 3 * width) * 0.3,
        "b": np.zeros(3 * width, np.float32),
        "out": normal(width, 1),
    }
    optimizer = optax.adam(1e-2)

    def cell(params, h, x):
        gates = x @ params["wx"] + params["b"]
        r, z, n = jnp.split(gates, 3, axis=-1)
        hr, hz, hn = jnp.split(h @ params["wh"], 3, axis=-1)
        r, z = jax.nn.sigmoid(r + hr), jax.nn.sigmoid(z + hz)
        h = (1 - z) * jnp.tanh(n + r * hn) + z * h
        return h, h

    def loss(params, xs, y):
        h0 = jnp.zeros((xs.shape[1], width), xs.dtype)
        h, _ = lax.scan(lambda h, x: cell(params, h, x), h0, xs)
        return jnp.mean((h @ params["out"] - y) ** 2)

    def step(params, state, xs, y):
        value, grads = jax.value_and_grad(loss)(params, xs, y)
        updates, state = optimizer.update(grads, state, params)
        return value, optax.apply_updates(params, updates), state

    return step, (params, optimizer.init(params), normal(5, 4, 8), normal(4, 1))


class Network(nnx.Module):
    """Convolution, batch and layer norm, dropout, dense."""

    def __init__(self, rngs):
        self.conv = nnx.Conv(3, 8, (3, 3), rngs=rngs)
        self.bn = nnx.BatchNorm(8, rngs=rngs)
        self.ln = nnx.LayerNorm(8, rngs=rngs)
        self.dropout = nnx.Dropout(0.2, rngs=rngs)
        self.dense = nnx.Linear(8, 4, rngs=rngs)

    def __call__(self, x):
        x = nnx.max_pool(nnx.relu(self.bn(self.conv(x))), (2, 2), strides=(2, 2))
        x = self.dropout(self.ln(x).mean((1, 2)))
        return self.dense(nnx.gelu(x, approximate=False))


def nnx_as_argument():
    def apply(network, x):
        return network(x)

    network = Network(nnx.Rngs(0))
    network.eval()
    return apply, (network, normal(2, 8, 8, 3))


def nnx_as_callable():
    network = Network(nnx.Rngs(0))
    network.eval()
    return network, (normal(2, 8, 8, 3),)


def nnx_train_step():
    """nnx.Optimizer, batch statistics and dropout's key all go in and out."""
    network = Network(nnx.Rngs(0))
    optimizer = nnx.Optimizer(network, optax.sgd(0.1, 0.9), wrt=nnx.Param)
    graph, state = nnx.split((network, optimizer))

    def step(state, x, y):
        network, optimizer = nnx.merge(graph, state)

        def loss(network):
            return jnp.mean((network(x) - y) ** 2)

        value, grads = nnx.value_and_grad(loss)(network)
        optimizer.update(network, grads)
        return value, nnx.state((network, optimizer))

    return step, (state, normal(2, 8, 8, 3), normal(2, 4))


def branches():
    def function(flag, index, x):
        x = lax.cond(flag, lambda x: x @ x, lambda x: x + 1, x)
        return lax.switch(index, [jnp.sin, jnp.cos, jnp.abs], x)

    return function, (np.True_, np.int32(1), normal(4, 4))


def draws():
    def function(key, x):
        kept, dropped = jax.random.split(key)
        mask = jax.random.bernoulli(dropped, 0.5, x.shape)
        return kept, jnp.where(mask, x, 0.0), jax.random.normal(kept, (5,))

    return function, (jax.random.key(5), normal(6, 4))


def constant_draws():
    """A key that is a constant: IREE runs such draws once, when it loads the module."""

    def function(x):
        key = jax.random.key(0)
        mask = jax.random.bernoulli(key, 0.5, x.shape)
        return jnp.where(mask, x, 0.0) + jax.random.normal(key, x.shape)

    return function, (normal(6, 4),)


def embedding():
    grad = jax.value_and_grad(lambda t, i: jnp.sum(jnp.tanh(t[i]) ** 2))
    return grad, (normal(20, 8), integers(3, 5, high=20))


def ordering():
    def function(x):
        top, index = lax.top_k(x, 3)
        return jnp.sort(x, axis=0), jnp.argsort(x), top, index, jnp.cumsum(x, 1)

    return function, (normal(6, 8),)


def low_precision():
    def function(a, b, h):
        return jax.nn.softmax(a @ b), jax.nn.gelu(h), h.astype(jnp.float32).sum()

    bfloat16 = ml_dtypes.bfloat16
    a, b = normal(8, 16, dtype=bfloat16), normal(16, 8, dtype=bfloat16)
    return function, (a, b, normal(4, 8, dtype=np.float16))


def whole_numbers():
    def function(a, b, u, flags):
        product = lax.dot(a, b, preferred_element_type=jnp.int32)
        bits = (u >> jnp.uint32(1)) ^ u
        return product, bits, u // jnp.uint32(3), flags & ~flags[::-1], flags.sum()

    rng = np.random.default_rng(0)
    a = rng.integers(-9, 9, (4, 8)).astype(np.int8)
    u = rng.integers(0, 2**32, 7, dtype=np.uint32)
    return function, (a, a.T.copy(), u, rng.random(6) < 0.5)


def attention():
    def function(q, k, v):
        return jax.nn.dot_product_attention(q, k, v, is_causal=True)

    shapes = [(2, 16, 4, 8)] * 3
    return function, tuple(normal(*shape) for shape in shapes)


def spectrum():
    return lambda x: (jnp.fft.fft(x), jnp.abs(jnp.fft.rfft(x))), (normal(4, 8),)


def passes_through():
    def function(x, n, unused):
        return x, x, n * 2, jnp.arange(3.0)

    return function, (normal(3), 4, normal(2))


PROGRAMS = [
    gru_train_step,
    nnx_as_argument,
    nnx_as_callable,
    nnx_train_step,
    branches,
    draws,
    constant_draws,
    embedding,
    ordering,
    low_precision,
    whole_numbers,
    attention,
    spectrum,
    passes_through,
]


def assert_close(outputs, reference, dtypes):
    assert len(outputs) == len(reference) == len(dtypes)
    for output, expected, dtype in zip(outputs, reference, dtypes, strict=True):
        assert output.dtype.name == dtype
        assert output.shape == expected.shape
        if dtype not in TOLERANCES:
            np.testing.assert_array_equal(output, expected)
            continue
        kind = np.complex128 if dtype.startswith("complex") else np.float64
        scale = max(float(np.abs(expected).max(initial=0.0)), 1e-3)
        error = np.abs(output.astype(kind) - expected).max(initial=0.0)
        assert error <= TOLERANCES[dtype] * scale


def check(ingested, run, inputs):
    assert ingested.jaxpr is not None
    assert ingested.outputs is not None
    reference = reference_outputs(ingested.jaxpr, inputs)
    assert reference.precision == "float64"
    dtypes = [spec.dtype for spec in ingested.outputs]
    assert_close(run(ingested, inputs), reference.outputs, dtypes)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_gives_what_jax_gives_in_float64(program, run):
    # What users may write: JAX's default rules, not the strict ones of the tests.
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        function, args = program()
        ingested = ingest_callable(function, args)
    assert ingested.example_inputs is not None
    assert ingested.inputs is not None
    check(ingested, run, ingested.example_inputs)


def test_random_inputs_fit_a_training_step(run):
    function, args = gru_train_step()
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        ingested = ingest_callable(function, args)
    assert ingested.inputs is not None
    inputs = random_inputs(ingested.inputs, 1, ingested.example_inputs)
    check(ingested, run, inputs)


def test_keyword_and_captured_arrays_reach_the_compiled_entry(run):
    weights = normal(64, 64)

    def function(x, *, bias):
        return jnp.tanh(x @ weights) + bias

    ingested = ingest_callable(function, (normal(3, 64),), {"bias": normal(3, 64)})
    assert ingested.example_inputs is not None
    check(ingested, run, ingested.example_inputs)


@pytest.mark.parametrize("platform", ["cpu", "tpu"])
def test_an_artifact_runs_wherever_it_was_exported_for(run, tmp_path, platform):
    x = normal(4, 6)
    exporter = export.export(jax.jit(lambda x: jnp.tanh(x) @ x.T), platforms=[platform])
    path = tmp_path / "model.bin"
    path.write_bytes(exporter(x).serialize())
    (output,) = run(ingest_file(path), (x,))
    np.testing.assert_allclose(output, np.tanh(x) @ x.T, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("suffix", [".mlir", ".mlirbc"])
def test_a_module_file_runs(run, tmp_path, suffix):
    x = normal(4, 6)
    lowered: Any = jax.jit(lambda x: lax.erf(x) @ x.T).lower(x)
    path = tmp_path / f"model{suffix}"
    if suffix == ".mlir":
        path.write_text(lowered.as_text())
    else:
        with path.open("wb") as file:
            lowered.compiler_ir("stablehlo").operation.write_bytecode(file)
    (output,) = run(ingest_file(path), (x,))
    np.testing.assert_allclose(output, lax.erf(x) @ x.T, rtol=1e-4, atol=1e-5)
