"""The CPU benchmark runs, keeps what it measured, and goes on where it stopped."""

import json
import os
import subprocess
import sys

import pytest

from mlopt.bench.peers.standing import Peer

NAME = "dense_relu_64x512x128"


def run(folder, *options):
    # The programs are a user's, who broadcasts a bias.
    env = {k: v for k, v in os.environ.items() if not k.startswith("JAX_NUMPY_")}
    return subprocess.run(
        [sys.executable, "-m", "mlopt.bench.cpu", "--out", str(folder), *options],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env=env,
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    done = run(folder, "--quick", "--only", "dense*")
    assert done.returncode == 0, done.stderr
    assert "leak" not in done.stderr
    assert f"1/1 {NAME}" in done.stderr
    return folder


def test_all_rivals_took_the_same_turns(out):
    outcome = json.loads((out / "bench-cpu-quick" / f"{NAME}.json").read_text())
    times = outcome["outcome"]["latency_us"]
    assert set(times) == {"default", "stock-best", "tuned", "jax.jit"}
    assert {len(samples) for samples in times.values()} == {4}
    assert 0.0 <= outcome["outcome"]["max_relative_error"] < 1e-4


def test_rows_and_programs_are_written(out):
    data = json.loads((out / "bench-cpu-quick.json").read_text())
    names = {row["name"] for row in data["rows"]}
    assert {"operators/default", "operators/jax.jit"} <= names
    assert f"| {NAME} |" in (out / "bench-cpu-quick.md").read_text()


def test_what_is_there_is_not_measured_again(out):
    before = (out / "bench-cpu-quick.md").read_text()
    done = run(out, "--quick", "--only", "dense*")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (out / "bench-cpu-quick.md").read_text() == before


def test_a_name_that_no_program_has_is_a_sentence(tmp_path):
    done = run(tmp_path, "--only", "nothing*")
    assert done.returncode == 1
    assert done.stderr == "Error: no program's name matches 'nothing*'\n"


def test_served_models_are_timed_with_their_weights_in_them(tmp_path):
    done = run(tmp_path, "--quick", "--only", "mlp_regressor_served*")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "bench-cpu-quick"
    again = run(tmp_path, "--quick", "--only", "mlp_regressor_served")
    assert (again.returncode, again.stderr) == (0, "")
    # The tables show all that was measured.
    assert "mlp_regressor_served_bf16" in again.stdout
    errors = {}
    for name in ("mlp_regressor_served", "mlp_regressor_served_bf16"):
        outcome = json.loads((folder / f"{name}.json").read_text())["outcome"]
        rivals = {"default", "stock-best", "tuned", "jax.jit"}
        assert set(outcome["latency_us"]) == rivals | set(outcome["peer_errors"])
        # Whoever is not installed says so; in bfloat16 nobody else takes part.
        peers = {*outcome["peer_errors"], *outcome["absent"]}
        assert peers == ({*Peer} if name.endswith("served") else set())
        errors[name] = outcome["max_relative_error"]
    assert errors["mlp_regressor_served"] < 1e-4
    assert errors["mlp_regressor_served_bf16"] < 0.05
