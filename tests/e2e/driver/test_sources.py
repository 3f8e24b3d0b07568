"""Whatever a user has is tuned: files in four formats, and a program nobody knew."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.errors import InputError
from mlopt.core.report import ProgramResult
from mlopt.core.summary import Stage
from mlopt.isolation import Worker
from mlopt.records import Database

pytestmark = pytest.mark.usefixtures("shares_compiled")

ROOT = Path(__file__).parents[3]
LINALG = """
func.func @dense(%x: tensor<32x64xf32>, %w: tensor<64x32xf32>) -> tensor<32x32xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<32x32xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<32x32xf32>)
    -> tensor<32x32xf32>
  %y = linalg.matmul ins(%x, %w : tensor<32x64xf32>, tensor<64x32xf32>)
    outs(%init : tensor<32x32xf32>) -> tensor<32x32xf32>
  return %y : tensor<32x32xf32>
}
"""


def dense(x, w):
    return x @ w


def _arguments():
    return jnp.ones((32, 64)), jnp.ones((64, 32))


def _linalg(folder) -> str:
    (folder / "dense.mlir").write_text(LINALG)
    return str(folder / "dense.mlir")


def _stablehlo(folder) -> str:
    text = jax.jit(dense).lower(*_arguments()).as_text("stablehlo")
    (folder / "dense.mlir").write_text(text)
    return str(folder / "dense.mlir")


def _bytecode(folder) -> str:
    """Linalg as MLIR bytecode, made from the text by a compile worker."""
    worker = Worker()
    bytecode = worker.call(
        "mlopt.compile.session:lower_to_linalg", LINALG, timeout_s=60.0
    )
    worker.close()
    assert isinstance(bytecode, bytes)
    assert bytecode.startswith(b"ML")
    (folder / "dense.mlirbc").write_bytes(bytecode)
    return str(folder / "dense.mlirbc")


def _artifact(folder) -> str:
    exported = export.export(jax.jit(dense))(*_arguments())
    (folder / "dense.jax").write_bytes(exported.serialize())
    return str(folder / "dense.jax")


@pytest.mark.parametrize(
    "write",
    [_linalg, _stablehlo, _bytecode, _artifact],
    ids=["linalg", "stablehlo", "bytecode", "jax-export"],
)
def test_a_file_is_tuned_like_a_function(write, tmp_path):
    db = str(tmp_path / "r.db")
    result = driver.tune(write(tmp_path), budget=Budget(trials=1), db=db)
    assert isinstance(result, ProgramResult)
    assert result.name == "dense"
    assert result.trials == 1
    assert [w.kind for w in result.workloads] == ["contraction"]
    with Database.open(db) as database:
        assert [program.name for program in database.programs()] == ["dense"]


def test_one_kernel_in_two_formats_is_one_workload(tmp_path):
    """What was learnt from one serves the other."""
    rows = []
    for write in (_linalg, _stablehlo):
        summary = driver.preview(write(tmp_path), Stage.PARTITION)
        rows.append(dict(zip(summary.columns, summary.rows[0], strict=True)))
    assert rows[0]["hash"] == rows[1]["hash"]


def test_a_complex_program_is_tuned(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(
        "import jax.numpy as jnp\n"
        "def power():\n"
        "    x = jnp.ones((8, 16), jnp.complex64) * (1 + 2j)\n"
        "    return lambda x: (x * x.conj()).sum(axis=0), (x,)\n"
    )
    db = str(tmp_path / "r.db")
    result = driver.tune(f"{path}:power", budget=Budget(trials=1), db=db)
    assert isinstance(result, ProgramResult)
    assert result.workloads
    summary = driver.run(f"{path}:power", db=db)
    assert summary.outputs[0].spec.dtype == "complex64"
    expected = (np.ones((8, 16)) * 5.0).sum(axis=0)
    assert summary.outputs[0].mean == pytest.approx(expected.mean())


def test_a_training_step_nobody_tuned_for_is_tuned_and_run(untuned_run, tmp_path):
    source = str(ROOT / "examples/03_training_step_gru.py:training_step")
    db, json_path = str(tmp_path / "r.db"), tmp_path / "r.json"
    flags = ("--trials", "4", "--quiet", "--db", db, "--json", str(json_path))
    done = untuned_run("tune", source, *flags)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    result = json.loads(json_path.read_text())
    assert result["trials"] == 4
    assert result["max_relative_error"] < 1e-3
    calls = {workload["num_calls"] for workload in result["workloads"]}
    assert 12 in calls  # the scan runs its body's dispatches once a step
    ran = untuned_run("run", source, "--db", db)
    assert ran.returncode == 0, ran.stderr
    assert "not finite" not in ran.stdout


def test_constants_are_arguments_of_a_function_that_are_passed(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(
        "import jax.numpy as jnp\n"
        "def model():\n"
        "    weight, x = jnp.full((16, 8), 0.5), jnp.ones((4, 16))\n"
        "    return lambda weight, *xs: xs[0] @ weight, (weight, x)\n"
    )
    source = f"{path}:model"
    summary = driver.run(source, constants=("weight",))
    assert summary.outputs == driver.run(source).outputs
    with pytest.raises(InputError, match=r"no example arguments for .* 2"):
        driver.run(source, constants=(2,))
    with pytest.raises(InputError, match="'bias' is declared constant"):
        driver.run(source, constants=("bias",))
    with pytest.raises(InputError, match="only arguments of a Python function"):
        driver.run(_linalg(tmp_path), constants=(0,))
