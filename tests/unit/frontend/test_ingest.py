"""Callables and files become modules with the user's own signature."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export
from jax.sharding import AxisType, NamedSharding, PartitionSpec

from mlopt.core.errors import InputError, UnsupportedError
from mlopt.frontend.arguments import ArgumentSet
from mlopt.frontend.files import ingest, ingest_file
from mlopt.frontend.ingest import ingest_callable

X = np.arange(6, dtype=np.float32).reshape(2, 3)
PORTABLE = b"ML\xefR"


def call(ingested):
    """The user's tree, from the example inputs."""
    outputs = ingested.call(*ingested.example_inputs)
    return ingested.results.rebuild(outputs)


def test_unused_and_donated_arguments_stay_in_the_signature():
    function = jax.jit(lambda x, unused: x + 1, donate_argnums=0)
    ingested = ingest_callable(function, (X, np.ones(5, np.int32)))
    assert list(map(str, ingested.inputs or ())) == ["float32[2,3]", "int32[5]"]
    np.testing.assert_array_equal(call(ingested), X + 1)
    np.testing.assert_array_equal(X[0], [0, 1, 2])


def test_trees_keys_statics_and_scalars_go_in_and_come_out():
    def function(tree, key, scale, *, act, shift):
        y = act(tree["w"]) * scale + shift
        return {"y": y, "key": jax.random.split(key)[0], "none": None}

    args = ({"w": X}, jax.random.key(1), 2.0)
    kwargs = {"act": jnp.tanh, "shift": np.float64(1)}
    static = ArgumentSet.of(function, argnames="act")
    ingested = ingest_callable(function, args, kwargs, static=static)
    value, expected = call(ingested), function(*args, act=jnp.tanh, shift=1.0)
    np.testing.assert_allclose(value["y"], expected["y"], rtol=1e-6)
    assert np.array_equal(
        jax.random.key_data(value["key"]), jax.random.key_data(expected["key"])
    )
    assert jax.tree.structure(value) == jax.tree.structure(expected)


def test_the_module_is_a_portable_artifact_and_the_entry_is_main():
    ingested = ingest_callable(lambda x: x, (X,), name="same")
    assert ingested.stablehlo.startswith(PORTABLE)
    assert (ingested.name, ingested.entry) == ("same", "main")


def test_a_large_constant_takes_its_own_size_in_bytes():
    weights = np.random.default_rng(0).standard_normal((256, 256), dtype=np.float32)
    ingested = ingest_callable(lambda x: x @ weights, (np.ones(256, np.float32),))
    assert weights.nbytes < len(ingested.stablehlo) < weights.nbytes + 10_000


def test_a_program_that_cannot_be_traced_is_blamed_on_its_line():
    def function(x):
        return x @ jnp.ones(7)

    line = function.__code__.co_firstlineno + 1
    with pytest.raises(InputError, match=rf"TypeError: dot_general .*py:{line}\)$"):
        ingest_callable(function, (X,))


def test_results_that_are_no_arrays_are_refused():
    with pytest.raises(InputError, match="not a valid JAX type"):
        ingest_callable(lambda x: "text", (X,))


def test_a_callback_is_refused_by_name_and_line():
    def function(x):
        return jax.pure_callback(np.sin, jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    line = function.__code__.co_firstlineno + 1
    with pytest.raises(UnsupportedError, match=rf"py:{line}: stablehlo.custom_call @"):
        ingest_callable(function, (X,))


def test_shardings_leave_no_dialect_that_only_xla_knows():
    mesh = jax.make_mesh((1,), ("x",), axis_types=(AxisType.Auto,))
    sharding = NamedSharding(mesh, PartitionSpec("x"))
    config: Any = jax.config
    before = config.jax_use_shardy_partitioner
    ingested = ingest_callable(
        lambda x: jax.lax.with_sharding_constraint(x, sharding) * 2, (X,)
    )
    assert b"sdy" not in ingested.stablehlo
    assert config.jax_use_shardy_partitioner == before
    np.testing.assert_array_equal(call(ingested), X * 2)


def exported(function, *args, **options):
    return export.export(jax.jit(function), **options)(*args)


def test_an_artifact_keeps_tree_and_numbers(tmp_path):
    artifact = exported(lambda t, unused: {"y": t["w"] * 2}, {"w": X}, X[0])
    path = tmp_path / "model.bin"
    path.write_bytes(artifact.serialize())
    ingested = ingest(str(path))
    assert ingested.name == "model"
    assert list(map(str, ingested.inputs or ())) == ["float32[2,3]", "float32[3]"]
    assert ingested.call is not None
    assert ingested.results is not None
    value = ingested.results.rebuild(ingested.call(X, X[0]))
    np.testing.assert_array_equal(value["y"], X * 2)


def test_an_artifact_for_several_platforms_is_taken_for_the_cpu(tmp_path):
    path = tmp_path / "model.bin"
    artifact = exported(jnp.sin, X, platforms=("tpu", "cpu"))
    path.write_bytes(artifact.serialize())
    ingested = ingest_file(path)
    assert list(map(str, ingested.inputs or ())) == ["float32[2,3]"]


def test_an_artifact_for_another_platform_has_a_signature_but_no_reference(tmp_path):
    path = tmp_path / "model.bin"
    artifact = exported(lambda x, unused: x + 1, X, X[0], platforms=("tpu",))
    path.write_bytes(artifact.serialize())
    ingested = ingest_file(path)
    assert list(map(str, ingested.inputs or ())) == ["float32[2,3]"]
    assert ingested.call is None


def test_an_artifact_with_symbolic_dimensions_is_refused(tmp_path):
    (batch,) = export.symbolic_shape("b")
    struct = jax.ShapeDtypeStruct((batch, 4), jnp.float32)
    path = tmp_path / "model.bin"
    path.write_bytes(exported(jnp.sin, struct).serialize())
    with pytest.raises(UnsupportedError, match=r"argument 0 .* float32\[b,4\]"):
        ingest_file(path)


@pytest.mark.parametrize("content", [b"", b"not an artifact, surely", b"\0" * 400])
def test_files_that_are_nothing_we_know(tmp_path, content):
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(InputError, match="neither MLIR nor a"):
        ingest_file(path)


def test_a_truncated_artifact_ends_in_a_sentence(tmp_path):
    blob = exported(jnp.sin, X).serialize()
    path = tmp_path / "model.bin"
    for size in (8, len(blob) // 2):
        path.write_bytes(blob[:size])
        with pytest.raises((InputError, UnsupportedError)):
            ingest_file(path)


def test_mlir_text_goes_to_the_worker_as_it_is(tmp_path):
    path = tmp_path / "model.opt.mlir"
    path.write_text("func.func @f() { return }")
    ingested = ingest_file(path)
    assert ingested.stablehlo == path.read_bytes()
    assert (ingested.name, ingested.path) == ("model", str(path))
    assert ingested.inputs is None


def test_an_empty_mlir_file_is_named(tmp_path):
    path = tmp_path / "model.mlir"
    path.write_text("\n")
    with pytest.raises(InputError, match=r"model\.mlir is empty"):
        ingest_file(path)
