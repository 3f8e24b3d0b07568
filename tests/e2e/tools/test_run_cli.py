"""`mlopt run SRC`: compiles, calls once, says what came out and of what."""

import pytest

from mlopt.tools.exits import exit_code_of
from mlopt.tools.main import cli

MODEL = """
import jax.numpy as jnp

def ones():
    return lambda x: x @ x, (jnp.ones((16, 16)),)

def several():
    x = jnp.arange(6, dtype=jnp.int32).reshape(2, 3)
    return lambda x: {"sum": x.sum(), "even": x % 2 == 0}, (x,)

def not_finite():
    return lambda x: jnp.log(x), (jnp.array([-1.0, 0.0, 1.0]),)
"""
DOUBLE = """
func.func @double(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %y = stablehlo.add %x, %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
"""


@pytest.fixture
def run(capfd, tmp_path):
    """The printed lines of `mlopt run` on a function of the model."""
    path = tmp_path / "model.py"
    path.write_text(MODEL)

    def of(name: str) -> list[str]:
        code = exit_code_of(cli, ["run", f"{path}:{name}"])
        shown = capfd.readouterr()
        assert code == 0, shown.err
        assert shown.err == ""
        return shown.out.splitlines()

    return of


def test_a_function_is_called_with_its_example_arguments(run):
    lines = run("ones")
    index, kind, mean, checksum = lines[1].split()
    assert (index, kind, float(mean)) == ("0", "float32[16,16]", 16.0)
    assert len(checksum) == 16
    assert "inputs: the example arguments" in lines
    assert any(line.startswith("time: ") and "µs" in line for line in lines)
    assert any("0 of 1 workloads" in line for line in lines)


def test_every_output_of_a_tree_has_its_line(run):
    kinds = [line.split()[1] for line in run("several")[1:3]]
    assert sorted(kinds) == ["bool[2,3]", "int32[]"]


def test_values_that_are_not_finite_are_counted(run):
    assert "0 (2 not finite)" in run("not_finite")[1]


def test_a_file_is_run_on_random_inputs_that_are_the_same_every_time(mlopt, tmp_path):
    path = tmp_path / "double.mlir"
    path.write_text(DOUBLE)
    outputs = []
    for _ in range(2):
        done = mlopt("run", str(path))
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert "inputs: random normal, seed 0" in done.stdout
        outputs.append(done.stdout.splitlines()[1])
    assert outputs[0] == outputs[1]
    assert "float32[8,4]" in outputs[0]
