"""`@mlopt.jit` gives JAX's values for every kind of argument, result and caller."""

import functools
import gc
import logging
import threading

import jax
import jax.numpy as jnp
import numpy as np
import psutil
import pytest

import mlopt
from mlopt.core.errors import InputError, SignatureError

X = np.linspace(-2.0, 2.0, 24, dtype=np.float32).reshape(4, 6)


def assert_same(actual, expected):
    """Equal trees of equal arrays: shapes, dtypes, weak types, values."""
    assert jax.tree.structure(actual) == jax.tree.structure(expected)
    pairs = zip(jax.tree.leaves(actual), jax.tree.leaves(expected), strict=True)
    for got, wanted in pairs:
        assert isinstance(got, jax.Array)
        assert got.aval == jnp.asarray(wanted).aval
        np.testing.assert_allclose(
            np.asarray(got, dtype=np.result_type(got.dtype, np.float32)),
            np.asarray(wanted, dtype=np.result_type(got.dtype, np.float32)),
            rtol=1e-5,
            atol=1e-6,
        )


def layer(params, x, *, scale):
    hidden = jnp.tanh(x @ params["w"] + params["b"][None, :])
    return {"out": hidden * scale, "norms": (jnp.sum(hidden), [params["b"]])}


PARAMS = {
    "w": jnp.asarray(np.linspace(-1, 1, 18, dtype=np.float32).reshape(6, 3)),
    "b": jnp.ones(3),
}


@pytest.fixture(scope="module")
def jitted_layer():
    return mlopt.jit(layer)


def test_trees_in_and_out(jitted_layer):
    expected = jax.jit(layer)(PARAMS, X, scale=2.0)
    for _ in range(3):
        assert_same(jitted_layer(PARAMS, jnp.asarray(X), scale=2.0), expected)


def test_numpy_and_jax_arguments_give_the_same(jitted_layer):
    on_host = jax.tree.map(np.asarray, PARAMS)
    strided = np.asfortranarray(X)
    assert_same(
        jitted_layer(on_host, strided, scale=np.float32(2)),
        jitted_layer(PARAMS, X, scale=jnp.float32(2)),
    )


def test_the_name_and_the_documentation_are_those_of_the_function(jitted_layer):
    assert jitted_layer.__name__ == "layer"
    assert jitted_layer.__wrapped__ is layer


@pytest.mark.parametrize(
    "dtype", ["float32", "bfloat16", "float16", "int32", "int8", "uint32", "bool"]
)
def test_every_dtype_goes_in_and_comes_out(dtype):
    function = mlopt.jit(lambda x: (x.reshape(2, 3), x.astype(jnp.float32).sum()))
    x = jnp.asarray(np.arange(6) % 3).astype(dtype)
    assert_same(function(x), (x.reshape(2, 3), x.astype(jnp.float32).sum()))


def test_python_scalars_stay_weakly_typed():
    def double(x):
        return x * 2, x + jnp.ones(3, jnp.float16)

    function = mlopt.jit(double)
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        assert_same(function(1.5), jax.jit(double)(1.5))
        assert_same(function(3), jax.jit(double)(3))
        assert_same(function(np.float32(1.5)), jax.jit(double)(np.float32(1.5)))


def test_weakly_typed_results_of_any_shape_stay_so():
    function = mlopt.jit(lambda: (jnp.full((2, 3), 1.5), jnp.full((), 2)))
    assert_same(function(), (jnp.full((2, 3), 1.5), jnp.full((), 2)))


def test_double_precision_is_kept_where_jax_has_it():
    def third(x):
        return x / 3

    function = mlopt.jit(third)
    x = np.arange(1.0, 5.0)
    single = function(x)
    with jax.enable_x64(True):
        double = function(x)
        assert double.dtype == jnp.float64
        np.testing.assert_array_equal(np.asarray(double), x / 3)
    assert single.dtype == jnp.float32
    assert function(x).dtype == jnp.float32


def test_random_keys_go_in_and_come_out():
    def draw(key):
        key, used = jax.random.split(key)
        return key, jax.random.uniform(used, (3,))

    function = mlopt.jit(draw)
    key, expected_key = jax.random.key(1), jax.random.key(1)
    for _ in range(2):
        key, numbers = function(key)
        expected_key, expected = draw(expected_key)
        np.testing.assert_array_equal(
            jax.random.key_data(key), jax.random.key_data(expected_key)
        )
        np.testing.assert_allclose(numbers, expected, rtol=1e-6)


def test_empty_arrays_and_empty_results():
    function = mlopt.jit(lambda x: (x, x.sum(axis=0), {}))
    x = jnp.zeros((0, 3))
    assert_same(function(x), (x, jnp.zeros(3), {}))
    assert mlopt.jit(lambda x: None)(x) is None


def power(x, exponent, *, negate=False):
    assert isinstance(exponent, int | float)
    value = x**exponent
    return -value if negate else value


@pytest.mark.parametrize(
    "function",
    [
        mlopt.jit(power, static_argnums=1, static_argnames="negate"),
        mlopt.jit(static_argnames=("exponent", "negate"))(power),
    ],
    ids=["by number", "by name"],
)
def test_static_arguments_are_constants(function):
    x = jnp.asarray(X)
    assert_same(function(x, 2), x**2)
    assert_same(function(x, 3, negate=True), -(x**3))
    assert_same(function(x, exponent=2, negate=False), x**2)
    assert_same(function(x, 2), x**2)


def test_equal_static_values_of_different_types_are_told_apart():
    function = mlopt.jit(lambda x, flag: x + 1 if flag is True else x, static_argnums=1)
    x = jnp.ones(3)
    assert_same(function(x, 1), x)
    assert_same(function(x, True), x + 1)
    assert_same(function(x, 1), x)


def test_a_static_argument_that_cannot_be_hashed_is_refused():
    function = mlopt.jit(lambda x, sizes: x, static_argnums=1)
    with pytest.raises(SignatureError, match="cannot be hashed"):
        function(jnp.ones(3), [1, 2])


def test_what_is_no_array_is_refused_by_a_sentence():
    with pytest.raises(SignatureError, match="static"):
        mlopt.jit(lambda x, mode: x)(jnp.ones(3), "fast")


def test_a_new_shape_compiles_anew_and_an_old_one_does_not():
    traced = []

    @mlopt.jit
    def function(x):
        traced.append(x.shape)
        return x + 1

    for size in (2, 3, 2, 3, 2):
        assert function(jnp.zeros(size)).shape == (size,)
    assert traced == [(2,), (3,)]


def test_a_function_that_raises_names_the_error():
    @mlopt.jit
    def broken(x):
        raise ValueError("no such thing")

    with pytest.raises(InputError, match="no such thing"):
        broken(jnp.ones(3))


class Model:
    """A model with a jitted method."""

    def __init__(self, scale):
        self.scale = scale

    @functools.partial(mlopt.jit, static_argnums=0)
    def scaled(self, x):
        return x * self.scale


def test_methods_are_bound_to_their_instance():
    x = jnp.ones(3)
    two, three = Model(2.0), Model(3.0)
    assert_same(two.scaled(x), x * 2)
    assert_same(three.scaled(x), x * 3)
    assert_same(Model.scaled(two, x), x * 2)
    assert "stablehlo.multiply" in two.scaled.as_text("stablehlo", x)


def test_under_jaxs_transformations_it_is_the_plain_function():
    calls = []

    @mlopt.jit
    def function(x):
        calls.append(type(x))
        return jnp.sum(jnp.sin(x) ** 2)

    plain = function.__wrapped__
    x = jnp.asarray(X)
    np.testing.assert_allclose(jax.jit(function)(x), plain(x), rtol=1e-6)
    np.testing.assert_allclose(jax.grad(function)(x), jax.grad(plain)(x), rtol=1e-6)
    np.testing.assert_allclose(jax.vmap(function)(x), jax.vmap(plain)(x), rtol=1e-6)
    with jax.disable_jit():
        function(x)
    assert isinstance(x, calls[-1])  # called with the array itself


def test_a_call_with_constants_while_jax_traces_gives_a_constant():
    function = mlopt.jit(lambda x: (x, x + 1))
    x = jnp.asarray(X)

    @jax.jit
    def outer(y):
        same, more = function(x)
        return y + same + more

    np.testing.assert_allclose(outer(x), 3 * X + 1, rtol=1e-6)


def test_results_share_memory_with_nothing_that_may_change():
    function = mlopt.jit(lambda x: (x, x[1:], jnp.zeros(4)))
    x = X.copy()
    for size in (4, 400_000):
        x = np.arange(size, dtype=np.float32)
        same, tail, zeros = function(x)
        again = function(x + 1)
        x[...] = -1.0
        np.testing.assert_array_equal(same, np.arange(size))
        np.testing.assert_array_equal(tail, np.arange(1, size))
        np.testing.assert_array_equal(again[0], np.arange(size) + 1)
        # Donating a constant result lets XLA write into its memory.
        jax.jit(lambda z: z + 5, donate_argnums=0)(zeros).block_until_ready()
        np.testing.assert_array_equal(function(x)[2], np.zeros(4))


def test_large_results_outlive_the_function():
    function = mlopt.jit(lambda x: (x * 2, jnp.ones(1 << 18)))
    x = np.arange(1 << 18, dtype=np.float32)
    doubled, ones = function(x)
    del function
    gc.collect()
    churn = [np.zeros(1 << 18, np.float32) for _ in range(4)]
    assert churn
    np.testing.assert_array_equal(doubled, x * 2)
    np.testing.assert_array_equal(ones, 1.0)


def test_a_deleted_array_is_refused():
    function = mlopt.jit(lambda x: x + 1)
    x = jnp.ones(3)
    function(x)
    function(x)
    x.delete()
    with pytest.raises(RuntimeError, match="deleted"):
        function(x)


def test_arrays_that_xla_still_computes_are_waited_for():
    slow = jax.jit(lambda x: jax.lax.fori_loop(0, 300, lambda _, c: c @ c / 512, x))
    function = mlopt.jit(lambda x: x[0] + 1)
    x = jnp.ones((512, 512))
    function(x)
    for _ in range(3):
        np.testing.assert_allclose(function(slow(x)), slow(x)[0] + 1, rtol=1e-5)


def test_two_threads_may_call_at_once():
    function = mlopt.jit(lambda x, y: (x @ y, x.sum()))
    rng = np.random.default_rng(0)
    pairs = [
        tuple(jnp.asarray(rng.standard_normal((16, 16), np.float32)) for _ in "xy")
        for _ in range(8)
    ]
    expected = [np.asarray(x @ y) for x, y in pairs]
    wrong = []

    def work(offset):
        for turn in range(300):
            index = (turn + offset) % len(pairs)
            product, _ = function(*pairs[index])
            if not np.allclose(product, expected[index], atol=1e-4):
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(3 * n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("size", [8, 200_000])
def test_calls_do_not_pile_up_memory(size):
    function = mlopt.jit(lambda x: x + 1)
    x = jnp.zeros(size)
    for _ in range(300):
        x = function(x)
    gc.collect()
    before = psutil.Process().memory_info().rss
    count = 10_000 if size == 8 else 1000
    for _ in range(count):
        x = function(x)
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    assert float(x[0]) == 300 + count
    assert grown < 30 * 2**20


def test_the_lack_of_records_is_said_once_and_nothing_is_tuned(caplog):
    with caplog.at_level(logging.INFO, logger="mlopt"):
        function = mlopt.jit(lambda x: x * 3)
        for size in (2, 3, 2):
            function(jnp.ones(size))
    said = [r for r in caplog.records if "no tuning records" in r.message]
    assert [record.levelno for record in said] == [logging.INFO]


def test_the_same_program_is_lowered_compiled_and_explained_by_hand():
    function = mlopt.jit(lambda x, n: x * n, static_argnums=1)
    x = jnp.ones(4)
    lowered = function.lower(jax.ShapeDtypeStruct((4,), jnp.float32), 3)
    compiled = lowered.compile()
    assert_same(compiled(x), x * 3)
    assert "stablehlo.multiply" in lowered.as_text()
    assert "linalg.generic" in compiled.as_text("linalg")
    assert "compiler's own choice" in function.as_text("schedule", x, 3)
    explanation = compiled.explain()
    assert explanation.source == "default"
    assert explanation.device == "local-sync"
    assert "defaults" in str(explanation)
    with pytest.raises(InputError, match="no stage"):
        lowered.as_text("assembly")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ((jnp.ones(5),), r"argument 0 of float32\[4\].*float32\[5\]"),
        ((jnp.ones(4, jnp.int32),), r"float32\[4\].*int32\[4\]"),
        ((jnp.ones(4), jnp.ones(4)), r"arguments \(\*\).*called with \(\*, \*\)"),
        (([jnp.ones(4)],), r"called with \(\[\*\]\)"),
    ],
)
def test_a_compiled_function_names_what_does_not_match(args, sentence):
    compiled = mlopt.jit(lambda x: x + 1).compile(jnp.ones(4))
    with pytest.raises(SignatureError, match=sentence):
        compiled(*args)


def test_large_programs_run_on_all_cores():
    function = mlopt.jit(lambda x: x @ x)
    function(jnp.ones((256, 256)))
    assert function.explain().device == "local-task"
