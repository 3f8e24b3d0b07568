"""An exported schedule is what mlopt built, for a compiler that knows no mlopt."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.driver.jobs_api import library_file

CONFIGURED = "configured."
PACKED = "packed.contraction"
RUN = "mlopt.driver.run_jobs:run_program"
NO_SPEC = "--iree-codegen-tuning-spec-path="


def array(*shape):
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(np.float32)


X, W1, B1, W2, B2 = (
    array(64, 128),
    array(128, 256),
    array(256),
    array(256, 96),
    array(96),
)


def layer(x, w, b):
    return jax.nn.relu(x @ w + b[None])


def mlp(x, w1, b1, w2, b2):
    return layer(x, w1, b1) @ w2 + b2[None]


def layer_and_norm(x, w, b):
    h = layer(x, w, b)
    return h / jnp.sqrt(jnp.sum(h * h, axis=-1, keepdims=True) + 1.0)


@pytest.fixture(scope="module")
def traces_of(seed_of):
    """Kernels by turns with a configured and a packed schedule, where they have one."""

    def choose(model):
        wishes = {}
        for index, workload in enumerate(model.workloads):
            for space in ((CONFIGURED, PACKED), (PACKED, CONFIGURED))[index % 2]:
                trace = seed_of(workload, space)
                if trace is not None:
                    wishes[workload.hash] = trace
                    break
        return wishes

    return choose


@pytest.fixture(scope="module")
def tuned_mlp(model_of):
    return model_of(mlp, X, W1, B1, W2, B2)


@pytest.fixture(scope="module")
def schedules(tuned_mlp, traces_of):
    return tuned_mlp.emit(traces_of(tuned_mlp))


@pytest.fixture
def folder(tuned_mlp, schedules, tmp_path):
    return tuned_mlp.export(schedules, tmp_path / "export")


def test_one_kernel_is_configured_and_the_other_runs_a_script(schedules):
    configured, packed = sorted(s.trace.space for s in schedules.values())
    assert configured.startswith(CONFIGURED)
    assert packed == PACKED


def test_an_export_holds_everything_its_flags_and_schedules_name(folder, schedules):
    libraries = {library_file(schedule) for schedule in schedules.values()} - {None}
    names = {path.name for path in folder.iterdir()}
    assert names == {"flags.txt", "program.mlirbc", "schedule.mlir", *libraries}


def test_the_stock_compiler_builds_mlopts_flatbuffer(
    stock_build, tuned_mlp, schedules, folder
):
    vmfb, said = stock_build(folder)
    assert vmfb == tuned_mlp.composed(schedules)
    assert said == ""


def test_a_replayed_program_computes_what_jax_does(
    stock_build, workbench, target, folder
):
    vmfb, _ = stock_build(folder)
    inputs = [X, W1, B1, W2, B2]
    outputs, _ = workbench.call(RUN, vmfb, "main", inputs, target, 1)
    wide = [each.astype(np.float64) for each in inputs]
    expected = np.maximum(wide[0] @ wide[1] + wide[2], 0) @ wide[3] + wide[4]
    np.testing.assert_allclose(outputs[0], expected, rtol=1e-4, atol=1e-3)


def test_without_the_spec_the_code_is_the_compilers_own(
    stock_build, tuned_mlp, schedules, folder
):
    vmfb, _ = stock_build(folder, extra=NO_SPEC)
    assert vmfb == tuned_mlp.composed({})
    assert vmfb != tuned_mlp.composed(schedules)


def test_each_kernels_schedule_is_replayed(stock_build, tuned_mlp, schedules, tmp_path):
    for key, schedule in schedules.items():
        folder = tuned_mlp.export({key: schedule}, tmp_path / key)
        vmfb, _ = stock_build(folder)
        assert vmfb == tuned_mlp.composed({key: schedule})
        assert vmfb != tuned_mlp.composed({})


def test_a_spec_serves_another_model_with_the_same_kernel(
    stock_build, model_of, schedules, folder
):
    other = model_of(layer_and_norm, X, W1, B1)
    shared = {w.hash for w in other.workloads} & set(schedules)
    assert len(shared) == 1
    assert len(other.workloads) > 1
    vmfb, _ = stock_build(folder, program=other.loaded.program.module)
    assert vmfb == other.composed(schedules)
    assert vmfb != other.composed({})


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda x, w, b: jnp.tanh(x @ w + b[None]), id="another epilogue"),
        pytest.param(lambda x, w, b: jax.nn.relu(x @ w - b[None]), id="another op"),
        pytest.param(
            lambda x, w, b: jnp.maximum(x @ w + b[None], 1.0), id="a constant"
        ),
        pytest.param(lambda x, w, b: jax.nn.relu(x @ w) + b[None], id="another order"),
        pytest.param(lambda x, w, b: layer(x[:32], w, b), id="another shape"),
        pytest.param(lambda x, w, b: x @ w, id="no epilogue"),
    ],
)
def test_a_spec_leaves_a_kernel_of_another_structure_alone(
    stock_build, model_of, folder, function
):
    other = model_of(function, X, W1, B1)
    module = other.loaded.program.module
    configured = "--compile-to=executable-configurations"
    with_spec = stock_build(folder, program=module, extra=configured)
    assert with_spec == stock_build(
        folder, program=module, extra=f"{configured} {NO_SPEC}"
    )


def masked_softmax(x, w, mask):
    return jax.nn.softmax(jnp.where(mask, x @ w, -1e9), axis=-1) * 2.0


def unit_rows(x):
    return x / jnp.sqrt(jnp.sum(x * x, axis=-1, keepdims=True) + 1.0)


def both_products(x, y):
    return x @ x, x @ y


def loop(x, w):
    return jax.lax.fori_loop(0, 3, lambda i, c: jnp.tanh(c @ w) + 1.0, x)


def attention_scores(q, k):
    return jnp.einsum("bmk,bnk->bmn", q, k) * 0.125


SQUARE = array(64, 64)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        # Code generation turns booleans to bytes and softmax to reductions before it
        # looks into a spec.
        (masked_softmax, (X, array(128, 96), np.ones((64, 96), np.bool_))),
        (both_products, (SQUARE, SQUARE)),
        (loop, (SQUARE, SQUARE)),
        # The division has a loop that the sum lacks, and a configuration of its own.
        (unit_rows, (X,)),
        (attention_scores, (array(2, 32, 64), array(2, 48, 64))),
        (lambda x: jnp.tanh(x.T) * 2.5 + 1.0, (X,)),
        (
            lambda x, w: x @ w,
            (np.ones((32, 64), np.int32), np.ones((64, 48), np.int32)),
        ),
    ],
    ids=[
        "masked softmax",
        "x@x and x@y",
        "loop",
        "rows",
        "batch",
        "transpose",
        "integers",
    ],
)
def test_replay_is_exact_for(
    model_of, traces_of, stock_build, tmp_path, function, arguments
):
    model = model_of(function, *arguments)
    schedules = model.emit(traces_of(model))
    vmfb, _ = stock_build(model.export(schedules, tmp_path))
    assert vmfb == model.composed(schedules)
    assert vmfb != model.composed({})


def test_replay_is_exact_on_another_option_set(
    model_of, traces_of, stock_build, tmp_path
):
    model = model_of(mlp, X, W1, B1, W2, B2, base="O2")
    schedules = model.emit(traces_of(model))
    vmfb, _ = stock_build(model.export(schedules, tmp_path))
    assert "--iree-opt-level=O2" in (tmp_path / "flags.txt").read_text()
    assert vmfb == model.composed(schedules)


def convolve_twice(x, k, b):
    """The first result is stored in the middle of the second's padded input."""
    for _ in range(2):
        x = jax.lax.conv_general_dilated(
            x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = jax.nn.relu(x + b[None, None, None])
    return x


def test_convolutions_that_code_generation_rewrites_are_replayed(
    stock_build, model_of, seed_of, tmp_path
):
    model = model_of(
        convolve_twice, array(1, 8, 12, 16), array(3, 3, 16, 16), array(16)
    )
    seeds = {w.hash: seed_of(w, "direct.") for w in model.workloads}
    traces = {key: trace for key, trace in seeds.items() if trace is not None}
    assert len(traces) == 2
    schedules = model.emit(traces)
    vmfb, said = stock_build(model.export(schedules, tmp_path / "export"))
    assert vmfb == model.composed(schedules)
    assert vmfb != model.composed({})
    assert said == ""


def masked(x, bias):
    return jax.nn.softmax(x * 0.5 + bias[None], axis=-1) * 2.0


def norm(x, gain):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred * jax.lax.rsqrt(variance + 1e-5) * gain[None]


def filter_step(x, y):
    k = jnp.zeros((3, 3, x.shape[-1], y.shape[-1]))

    def convolved(k):
        return jax.lax.conv_general_dilated(
            x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    return k - 0.1 * jax.vjp(convolved, k)[1](y)[0]


def pooled(x):
    return jax.lax.reduce_window(
        x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME"
    )


@pytest.mark.parametrize(
    ("function", "arguments", "base", "space"),
    [
        (lambda x: jax.nn.softmax(x, axis=-1), (X,), "default", "scripted.rows"),
        (masked, (array(3, 24, 130), array(24, 130)), "O2", "scripted.rows"),
        (norm, (X, array(128)), "O2", "scripted.rows"),
        (
            lambda a, v: jax.nn.relu(a @ v),
            (array(24, 130), array(130)),
            "default",
            "scripted.row_products",
        ),
        (
            filter_step,
            (array(3, 9, 9, 5), array(3, 9, 9, 20)),
            "default",
            "direct.filter_gradient",
        ),
        (pooled, (array(1, 13, 15, 24),), "default", "direct.depthwise"),
    ],
    ids=[
        "softmax",
        "masked softmax",
        "norm",
        "matrix times vector",
        "gradient of a filter",
        "pooling",
    ],
)
def test_a_kernel_of_many_ops_is_recognised_and_scripted_again(
    stock_build, model_of, seed_of, tmp_path, function, arguments, base, space
):
    model = model_of(function, *arguments, base=base)
    seeds = {w.hash: seed_of(w, space) for w in model.workloads}
    traces = {key: trace for key, trace in seeds.items() if trace is not None}
    assert len(traces) == 1
    schedules = model.emit(traces)
    vmfb, said = stock_build(model.export(schedules, tmp_path / "export"))
    assert vmfb == model.composed(schedules)
    assert vmfb != model.composed({})
    assert said == ""
