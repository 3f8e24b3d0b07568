"""What the worker takes and refuses, each refusal one sentence."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export
from jax.sharding import AxisType, PartitionSpec

from mlopt.core.errors import InputError, MloptError, UnsupportedError
from mlopt.frontend.files import ingest_file
from mlopt.frontend.ingest import ingest_callable

X = np.ones((4, 4), np.float32)
ADD = """
func.func @sum(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.add %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""


def refusal(lower, text, error: type[MloptError] = UnsupportedError):
    with pytest.raises(error) as caught:
        lower(text.encode(), "model", "model.mlir")
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_stablehlo_text_keeps_the_name_of_its_function(lower):
    program = lower(ADD.encode(), "model", "model.mlir")
    assert program.entry == "sum"
    assert list(map(str, program.inputs)) == ["float32[4]", "float32[4]"]
    assert program.module.startswith(b"ML\xefR")


def test_linalg_text_is_taken_as_it_is(lower):
    text = """
    func.func @main(%a: tensor<4x8xbf16>, %b: tensor<8x4xbf16>,
                    %c: tensor<4x4xf32>) -> tensor<4x4xf32> {
      %0 = linalg.matmul ins(%a, %b : tensor<4x8xbf16>, tensor<8x4xbf16>)
        outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
      return %0 : tensor<4x4xf32>
    }
    """
    program = lower(text.encode(), "model")
    assert str(program.inputs[0]) == "bfloat16[4,8]"
    again = lower(program.module, "model")
    assert again == program


def test_the_sign_of_integers_survives(lower):
    dtypes = ("uint32", "int32", "uint8", "int8", "bool", "int16", "complex64")
    args = [np.ones(3, dtype) for dtype in dtypes]
    ingested = ingest_callable(lambda *args: args, args)
    program = lower(ingested.stablehlo, "model")
    assert program.inputs == ingested.inputs == program.outputs


def test_equal_programs_have_equal_bytes_wherever_they_are_written(lower):
    def first(x):
        return {"y": jnp.sin(x) * 2}

    def second(value):
        return [jnp.sin(value) * 2]

    modules = [ingest_callable(f, (X,)).stablehlo for f in (first, second)]
    assert modules[0] != modules[1]
    programs = [lower(module, "model") for module in modules]
    assert programs[0].digest == programs[1].digest


def test_source_lines_are_kept_on_request(lower):
    module = ingest_callable(lambda x: jnp.sin(x), (X,)).stablehlo
    own_name = __file__.rpartition("/")[2].encode()
    assert own_name not in lower(module, "model", None).module
    assert own_name in lower(module, "model", None, True).module


def test_bytecode_of_jaxlib_is_made_readable(lower, tmp_path):
    lowered: Any = jax.jit(lambda x: jax.lax.top_k(jax.lax.erf(x), 2)).lower(X)
    path = tmp_path / "model.mlirbc"
    with path.open("wb") as file:
        lowered.compiler_ir("stablehlo").operation.write_bytecode(file)
    with pytest.raises(InputError, match="bytecode"):
        lower(path.read_bytes(), "model", str(path))
    program = lower(ingest_file(path).stablehlo, "model", str(path))
    assert list(map(str, program.outputs)) == ["float32[4,2]", "int32[4,2]"]


def test_unparsable_text_is_a_diagnostic_with_file_line_and_column(lower):
    text = ADD.replace("%a, %b :", "%a, %nothing :")
    assert refusal(lower, text, InputError) == (
        "model.mlir:3:26: error: use of undeclared SSA value name"
    )


@pytest.mark.parametrize("content", [b"hello", b"\xff\xfe\x00", b"ML\xefR\x00garbage"])
def test_what_is_no_mlir_is_an_error_in_that_file(lower, content):
    with pytest.raises(InputError, match=r"^model\.mlir.*: error: \S"):
        lower(content, "model", "model.mlir")


def test_invalid_ir_is_an_error_at_its_line(lower):
    text = ADD.replace("stablehlo.add %a", "stablehlo.nonsense %a")
    assert refusal(lower, text, InputError).startswith("model.mlir:3:")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ADD + ADD.replace("@sum", "@other"), "has 2: @sum, @other"),
        ("module {}", "and has none"),
        ("func.func private @f(tensor<4xf32>)", "and has none"),
        (
            "func.func @f(%a: f32) -> f32 { return %a : f32 }",
            "argument 0 of @f has the type f32",
        ),
    ],
)
def test_modules_without_one_entry_over_tensors(lower, text, expected):
    assert expected in refusal(lower, text, InputError)


def test_dynamic_shapes_are_refused_by_argument(lower):
    text = ADD.replace("4xf32", "?xf32")
    assert refusal(lower, text) == (
        "model.mlir: argument 0 of @sum has the dynamic shape tensor<?xf32>, and "
        "mlopt needs static shapes"
    )


def test_dynamic_shapes_of_a_portable_artifact_are_refused(lower):
    (batch,) = export.symbolic_shape("b")
    struct = jax.ShapeDtypeStruct((batch, 4), jnp.float32)
    module = export.export(jax.jit(jnp.sin))(struct).mlir_module_serialized
    with pytest.raises(UnsupportedError, match=r"dynamic shape tensor<\?x4xf32>"):
        lower(bytes(module), "model")


def test_another_dialect_is_named_with_its_line(lower):
    text = ADD.replace(
        "stablehlo.add %a, %b : tensor<4xf32>",
        "tosa.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>",
    )
    assert refusal(lower, text).startswith("model.mlir:3: tosa.add is of a dialect")


def test_a_custom_call_is_named_with_the_users_line(lower):
    def function(x):
        return jnp.linalg.cholesky(x @ x.T)

    line = function.__code__.co_firstlineno + 1
    ingested = ingest_callable(function, (X,))
    with pytest.raises(
        UnsupportedError,
        match=rf"test_lowering.py:{line}: stablehlo.custom_call @lapack_spotrf_ffi",
    ):
        lower(ingested.stablehlo, ingested.name)


def test_an_operation_without_lowering_is_named_with_the_users_line(lower):
    def pooled(x):
        window, strides = (2, 2), (1, 1)
        y = jax.lax.reduce_window(x, -np.inf, jax.lax.max, window, strides, "VALID")
        return y.sum()

    line = pooled.__code__.co_firstlineno + 2
    ingested = ingest_callable(jax.grad(pooled), (X,))
    with pytest.raises(
        UnsupportedError,
        match=rf"test_lowering.py:{line}: stablehlo.select_and_scatter has no lowering",
    ):
        lower(ingested.stablehlo, ingested.name)


def test_a_collective_is_named_with_the_users_line(lower):
    mesh = jax.make_mesh((1,), ("x",), axis_types=(AxisType.Auto,))

    def total(x):
        return jax.lax.psum(x, "x")

    function = jax.shard_map(
        total, mesh=mesh, in_specs=PartitionSpec("x"), out_specs=PartitionSpec()
    )
    line = total.__code__.co_firstlineno + 1
    ingested = ingest_callable(function, (X,))
    with pytest.raises(
        UnsupportedError,
        match=rf"test_lowering.py:{line}: stablehlo.all_reduce is a collective",
    ):
        lower(ingested.stablehlo, ingested.name)


def test_a_sharding_annotation_in_a_file_is_dropped(lower):
    text = ADD.replace(
        "%0 = stablehlo.add %a, %b",
        "%1 = stablehlo.custom_call @Sharding(%a) {mhlo.sharding = "
        '"{replicated}"} : (tensor<4xf32>) -> tensor<4xf32>\n'
        "  %0 = stablehlo.add %1, %b",
    )
    assert lower(text.encode(), "model").module == lower(ADD.encode(), "model").module


def test_nothing_reaches_the_terminal(lower, capfd):
    refusal(lower, ADD.replace("%a, %b :", "%a, %nothing :"), InputError)
    module = ingest_callable(lambda x: jnp.linalg.cholesky(x), (X,)).stablehlo
    with pytest.raises(UnsupportedError):
        lower(module, "model")
    assert capfd.readouterr() == ("", "")
