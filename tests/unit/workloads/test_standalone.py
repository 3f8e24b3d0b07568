"""A workload alone is a program: it compiles, runs, and computes what it should."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.frontend.inputs import random_inputs
from mlopt.targets.registry import find_target


def array(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


@pytest.fixture(scope="session")
def run(compiler, tmp_path_factory):
    """Outputs of a partitioned program."""
    target = find_target(facts_dir=tmp_path_factory.mktemp("hosts"))

    def call(module, arguments):
        vmfb = compiler.build(module)
        outputs, _ = compiler.call(
            "mlopt.driver.run_jobs:run_program", vmfb, "main", arguments, target, 1
        )
        return outputs

    return call


def convolve(x, k):
    return jax.lax.conv_general_dilated(
        x, k, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


SINGLE_KERNELS = {
    "layer": (
        lambda x, w, b: jax.nn.relu(x @ w + b[None]),
        (array(32, 64), array(64, 48), array(48)),
    ),
    "row sum": (lambda x: x.sum(axis=1), (array(16, 40),)),
    "softmax": (lambda x: jax.nn.softmax(x, axis=-1), (array(8, 32),)),
    "scores": (
        lambda q, k: jnp.einsum("bmk,bnk->bmn", q, k),
        (array(2, 16, 32), array(2, 24, 32)),
    ),
    "convolution": (convolve, (array(2, 8, 8, 4), array(3, 3, 4, 8))),
    "transpose": (lambda x: jnp.tanh(x.T) * 2.5, (array(24, 40),)),
    "integers": (
        lambda x, y: x @ y,
        (np.arange(128, dtype=np.int32).reshape(8, 16), np.ones((16, 4), np.int32)),
    ),
    "mask": (
        lambda mask, x: jnp.where(mask, x, 0.0),
        (np.arange(100) % 3 == 0, array(100)),
    ),
}


@pytest.mark.parametrize("name", SINGLE_KERNELS)
def test_alone_it_computes_what_its_program_does(compiler, run, name):
    function, arguments = SINGLE_KERNELS[name]
    partition = compiler.partition(compiler.program(function, *arguments))
    (workload,) = partition.workloads
    assert workload.entry == "main"
    # A dispatch may see its operands in another order and with fused dimensions.
    order = _order(workload.inputs, arguments)
    inputs = [
        arguments[i].reshape(spec.shape)
        for i, spec in zip(order, workload.inputs, strict=True)
    ]
    (alone,) = run(workload.module, inputs)
    (whole,) = run(partition.flow, list(arguments))
    assert alone.dtype == whole.dtype
    np.testing.assert_array_equal(alone.reshape(whole.shape), whole)
    expected = np.asarray(function(*arguments))
    np.testing.assert_allclose(whole, expected, rtol=1e-4, atol=1e-4)


def _order(specs, arguments):
    """For each operand of the dispatch the program's argument of its size and dtype."""
    sizes = [(np.size(a), str(a.dtype)) for a in arguments]
    assert len(set(sizes)) == len(sizes), "arguments must be told apart by size"
    return [sizes.index((spec.num_elements, spec.dtype)) for spec in specs]


def test_bfloat16_runs_alone(compiler, run):
    ones = jnp.ones((16, 32), jnp.bfloat16)
    partition = compiler.partition(compiler.program(lambda x, y: x @ y.T, ones, ones))
    (workload,) = partition.workloads
    (result,) = run(workload.module, [np.asarray(ones)] * 2)
    assert str(result.dtype) == "bfloat16"
    np.testing.assert_array_equal(result.astype(np.float32), 32.0)


def loop(x, weights):
    def step(carry, w):
        return jnp.tanh(carry @ w), carry.sum()

    return jax.lax.scan(step, x, weights)


def rows_set_one_by_one(x):
    def step(i, y):
        return y.at[i].set(jnp.tanh(y[i] + x[i]))

    return jax.lax.fori_loop(0, 8, step, jnp.zeros((8, 16), jnp.float32))


def updated(x, row, i):
    return jax.lax.dynamic_update_slice(x, jnp.tanh(row)[None], (i, 0))


def random_normal(seed):
    return jax.random.normal(jax.random.key(seed), (16, 16))


def layer_norm(x, gain):
    """Its variance is one over a number of elements that a condition guards."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred * jax.lax.rsqrt(x.var(axis=-1, keepdims=True) + 1e-5) * gain[None]


MANY_KERNELS = {
    "layer norm": (layer_norm, (array(16, 40), array(40))),
    # A slice of the weights is chosen by an index operand of the dispatch.
    "scan": (loop, (array(16, 32), array(5, 32, 32))),
    "loop over rows": (rows_set_one_by_one, (array(8, 16),)),
    # A dispatch that writes into one of its operands.
    "update": (updated, (array(16, 64), array(64), np.int32(3))),
    "scatter": (lambda x, i: x.at[i].add(1.0), (array(16, 64), np.array([1, 3, 5]))),
    "gather": (lambda x, i: x[i] * 2, (array(16, 64), np.array([1, 3, 5]))),
    "sort": (lambda x: jnp.sort(x, axis=-1), (array(8, 32),)),
    "fft": (lambda x: jnp.abs(jnp.fft.rfft(x)), (array(8, 32),)),
    "argmax": (lambda x: jnp.argmax(x, axis=-1), (array(16, 100),)),
    "random": (random_normal, (np.int32(1),)),
    "top k": (lambda x: jax.lax.top_k(x, 3), (array(8, 16),)),
}


@pytest.mark.parametrize("name", MANY_KERNELS)
def test_every_static_kernel_of_an_odd_program_runs_alone(compiler, run, name):
    function, arguments = MANY_KERNELS[name]
    workloads = compiler.partition(compiler.program(function, *arguments)).workloads
    assert workloads
    for workload in workloads:
        outputs = run(workload.module, list(random_inputs(workload.inputs, 0)))
        described = [(spec.shape, spec.dtype) for spec in workload.outputs]
        assert [(o.shape, str(o.dtype)) for o in outputs] == described


def test_a_kernel_that_writes_in_place_leaves_its_input_as_it_was(compiler, run):
    function, arguments = MANY_KERNELS["scatter"]
    workloads = compiler.partition(compiler.program(function, *arguments)).workloads
    scatter = next(w for w in workloads if "scatter" in w.name)
    inputs = list(random_inputs(scatter.inputs, 0))
    before = [array.copy() for array in inputs]
    first, second = (run(scatter.module, inputs) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    for array_before, array_after in zip(before, inputs, strict=True):
        np.testing.assert_array_equal(array_before, array_after)
