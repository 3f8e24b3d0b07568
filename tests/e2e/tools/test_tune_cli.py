"""`mlopt tune`: what is wrong with its arguments is one sentence, before any work.

What tuning itself gives is tested in tests/e2e/driver, its faults in
tests/e2e/faults.
"""

import pytest

from mlopt.tools.exits import exit_code_of
from mlopt.tools.main import cli

MODEL = """
import jax.numpy as jnp

def tiny():
    return lambda x: jnp.tanh(x) @ x, (jnp.ones((16, 16)),)

def broken():
    raise RuntimeError("no weights here")

def raising():
    def function(x):
        raise ValueError("not this way")
    return function, (jnp.ones(4),)

def mismatched():
    return lambda x, y: x @ y, (jnp.ones((4, 5)), jnp.ones((6, 7)))

def not_a_pair():
    return 7

constant = 3
"""


@pytest.fixture
def model(tmp_path) -> str:
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    return str(path)


@pytest.mark.parametrize("command", ["tune", "run", "explain"])
@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("missing.mlir", "missing.mlir"),
        ("missing.py:tiny", "missing.py"),
        ("{model}", "model.py"),
        ("{model}:absent", "absent"),
        ("{model}:broken", "no weights here"),
        ("{model}:raising", "not this way"),
        ("{model}:mismatched", "mismatched"),
        ("{model}:not_a_pair", "not_a_pair"),
        ("{model}:constant", "constant"),
    ],
)
def test_a_bad_source_is_one_sentence(capfd, model, cache_dir, command, source, word):
    code = exit_code_of(cli, [command, source.format(model=model)])
    shown = capfd.readouterr()
    assert code == 1
    assert shown.out == ""
    first, *rest = shown.err.splitlines()
    assert first.startswith("mlopt: error: ")
    assert word in first
    assert all(line.startswith("mlopt: --verbose") for line in rest)
    assert not (cache_dir / "records.db").exists()


def test_a_file_with_a_syntax_error_is_one_sentence_with_its_line(capfd, tmp_path):
    (tmp_path / "model.py").write_text("def f(:\n")
    code = exit_code_of(cli, ["tune", f"{tmp_path / 'model.py'}:f"])
    shown = capfd.readouterr()
    assert code == 1
    assert "model.py" in shown.err
    assert "line 1" in shown.err or ":1" in shown.err
    assert "Traceback" not in shown.err


def test_unparsable_mlir_is_one_sentence_with_its_place(mlopt, tmp_path):
    path = tmp_path / "bad.mlir"
    path.write_text("func.func @f( {")
    done = mlopt("tune", str(path))
    assert done.returncode == 1
    assert done.stderr.startswith("mlopt: error: ")
    assert "bad.mlir:1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("target", ["cuda", "abacus"])
def test_a_target_that_cannot_be_tuned_is_refused(capfd, model, target):
    code = exit_code_of(cli, ["tune", f"{model}:tiny", "--target", target])
    assert code == 1
    assert target in capfd.readouterr().err


@pytest.mark.parametrize(
    "flags",
    [
        ["--trials", "-1"],
        ["--trials", "many"],
        ["--time-budget", "-0.5"],
        ["--strategy", "luck"],
        ["--stop-after", "lunch"],
        ["--objective", "speed"],
    ],
)
def test_bad_usage_exits_with_2_before_the_source_is_read(capfd, flags):
    code = exit_code_of(cli, ["tune", "missing.mlir", *flags])
    shown = capfd.readouterr()
    assert code == 2
    assert flags[0] in shown.err
    assert "missing.mlir" not in shown.err


@pytest.mark.parametrize("stop", [[], ["--dry-run"], ["--stop-after", "partition"]])
def test_a_precision_without_an_accuracy_is_refused_wherever_tuning_stops(
    capfd, model, stop
):
    source = f"{model}:tiny"
    assert exit_code_of(cli, ["tune", source, "--precision", "bf16", *stop]) == 1
    assert "say by how much it may" in capfd.readouterr().err


@pytest.mark.parametrize("size", ["30XB", "-1", "nan", "0"])
@pytest.mark.parametrize("command", [["tune", "--dry-run"], ["run"], ["explain"]])
def test_a_cap_that_is_no_size_is_refused_by_every_command(capfd, model, command, size):
    source = f"{model}:tiny"
    assert exit_code_of(cli, [*command, source, "--memory-cap", size]) == 1
    shown = capfd.readouterr().err
    assert size in shown
    assert "30MiB" in shown


def test_verbose_shows_what_the_compiler_said(capfd, tmp_path):
    path = tmp_path / "model.mlir"
    path.write_text(
        "func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>\n"
        "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
        "  %y = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>\n"
        "  return %y : tensor<4xf32>\n}\n"
    )
    lengths = []
    for flags in (["--quiet"], ["--quiet", "--verbose"]):
        assert exit_code_of(cli, ["tune", str(path), *flags]) == 1
        lengths.append(len(capfd.readouterr().err.splitlines()))
    assert lengths[0] == 2
    assert lengths[1] > 2
