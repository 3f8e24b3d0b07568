"""`mlopt tune` and `mlopt run`: results on stdout, one sentence for a bad input."""

import json
import signal
import subprocess
import time

import pytest

_MLP = """
func.func @mlp(%x: tensor<32x64xf32>, %w: tensor<64x48xf32>) -> tensor<32x48xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<32x48xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<32x48xf32>)
    -> tensor<32x48xf32>
  %y = linalg.matmul ins(%x, %w : tensor<32x64xf32>, tensor<64x48xf32>)
    outs(%init : tensor<32x48xf32>) -> tensor<32x48xf32>
  return %y : tensor<32x48xf32>
}
"""
_MODEL = """
import jax.numpy as jnp

def tiny():
    return lambda x: jnp.tanh(x) @ x, (jnp.ones((16, 16)),)

def broken():
    raise RuntimeError("no weights here")

def not_a_pair():
    return 7

constant = 3
"""


@pytest.fixture
def mlir(tmp_path) -> str:
    path = tmp_path / "mlp.mlir"
    path.write_text(_MLP)
    return str(path)


@pytest.fixture
def model(tmp_path) -> str:
    path = tmp_path / "model.py"
    path.write_text(_MODEL)
    return str(path)


def test_tuning_prints_the_table_and_writes_the_json(mlopt, mlir, tmp_path):
    path = tmp_path / "result.json"
    done = mlopt("tune", mlir, "--trials", "3", "--quiet", "--json", str(path))
    assert done.returncode == 0, done.stderr
    assert "default" in done.stdout
    assert done.stderr == ""
    result = json.loads(path.read_text())
    assert result["baselines"].keys() == {"default", "stock_best"}
    assert result["tuned"].keys() >= {"latency_us", "ci95", "samples"}
    assert result["speedup"].keys() == {"default", "stock_best"}
    assert result["verdict"] in {"faster", "no_significant_gain"}
    assert result.keys() >= {
        "target",
        "versions",
        "max_relative_error",
        "trials",
        "failures",
        "workloads",
        "wall_s",
    }


def test_stopping_after_the_partition_measures_nothing(mlopt, mlir):
    done = mlopt("tune", mlir, "--stop-after", "partition")
    assert done.returncode == 0, done.stderr
    assert "contraction" in done.stdout
    assert "stopped after partition" in done.stdout


def test_a_dry_run_records_nothing(mlopt, mlir, cache_dir):
    done = mlopt("tune", mlir, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert not (cache_dir / "records.db").exists()


def test_run_calls_a_function_with_its_example_arguments(mlopt, model):
    done = mlopt("run", f"{model}:tiny")
    assert done.returncode == 0, done.stderr
    assert "float32[16,16]" in done.stdout
    assert "example arguments" in done.stdout


def test_run_of_a_file_says_that_its_inputs_are_random(mlopt, mlir):
    done = mlopt("run", mlir)
    assert done.returncode == 0, done.stderr
    assert "float32[32,48]" in done.stdout
    assert "random" in done.stdout


@pytest.mark.parametrize("command", ["tune", "run"])
@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("missing.mlir", "missing.mlir"),
        ("missing.py:tiny", "missing.py"),
        ("{model}:absent", "absent"),
        ("{model}:broken", "no weights here"),
        ("{model}:not_a_pair", "not_a_pair"),
        ("{model}:constant", "constant"),
    ],
)
def test_a_bad_source_is_one_sentence(mlopt, model, command, source, word):
    done = mlopt(command, source.format(model=model))
    assert done.returncode == 1
    assert done.stdout == ""
    first, *_ = done.stderr.splitlines()
    assert first.startswith("mlopt: error: ")
    assert word in first
    assert "Traceback" not in done.stderr


def test_unparsable_mlir_is_one_sentence_with_its_place(mlopt, tmp_path):
    path = tmp_path / "bad.mlir"
    path.write_text("func.func @f( {")
    done = mlopt("tune", str(path))
    assert done.returncode == 1
    assert done.stderr.startswith("mlopt: error: ")
    assert "bad.mlir" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("target", ["cuda", "abacus"])
def test_a_target_that_cannot_be_tuned_is_refused(mlopt, mlir, target):
    done = mlopt("tune", mlir, "--target", target)
    assert done.returncode == 1
    assert target in done.stderr


@pytest.mark.parametrize(
    "flags", [["--trials", "-1"], ["--strategy", "luck"], ["--stop-after", "lunch"]]
)
def test_bad_usage_exits_with_2_before_anything_is_loaded(mlopt, mlir, flags):
    done = mlopt("tune", mlir, *flags)
    assert done.returncode == 2
    assert flags[0] in done.stderr


def test_ctrl_c_says_what_is_kept_and_the_records_are_whole(
    mlopt, mlopt_command, mlir, tmp_path
):
    db = tmp_path / "records.db"
    command = [*mlopt_command, "tune", mlir, "--trials", "10000", "--db", str(db)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    _wait_for(db)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "resumes" in error.splitlines()[-1]
    assert "Traceback" not in error
    assert mlopt("records", "list", "--db", str(db)).returncode == 0


def _wait_for(path) -> None:
    """Until the search has opened its database, and a little longer."""
    deadline = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < deadline, "the search never opened its database"
        time.sleep(0.1)
    time.sleep(2)
