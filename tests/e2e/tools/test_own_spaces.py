"""`mlopt tune --space FILE` and `--schedule FILE`: own spaces, and what they gave."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mlopt.resources import space_text

pytestmark = pytest.mark.usefixtures("shares_compiled")

ROOT = Path(__file__).parents[3]
OWN = ROOT / "tests" / "filecheck" / "opt" / "Inputs" / "own_space.mlir"
MODEL = """
import jax
import jax.numpy as jnp

def dense():
    return lambda x, w: jax.nn.relu(x @ w), (jnp.ones((32, 64)), jnp.ones((64, 32)))
"""


@pytest.fixture
def model(tmp_path) -> str:
    (tmp_path / "model.py").write_text(MODEL)
    return f"{tmp_path / 'model.py'}:dense"


def stock_iree_opt(text: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("iree-opt"), "-"]
    return subprocess.run(
        command, input=text, capture_output=True, text=True, check=False
    )


def test_a_file_of_spaces_takes_the_place_of_those_of_its_kinds(mlopt, model):
    done = mlopt("tune", model, "--space", str(OWN), "--stop-after", "schedules")
    assert done.returncode == 0, done.stderr
    assert "rows_alone" in done.stdout
    assert "packed.contraction" not in done.stdout


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\xff\xfe\x80", "is no text"),
        (b"module {}", "holds no 'mlopt.space'"),
        (b'\n"mlopt.knob"() : () -> ()', ":2:1: error: 'mlopt.knob' expects"),
        (b'"mlopt.space"() ({', ":1:18: error: "),
        (
            b'"mlopt.space"() ({\n  %f = math.exp2 %f : f32\n'
            b'  "transform.yield"() : () -> ()\n}) {sym_name = "s",\n'
            b'  kind = "any", target = "llvm-cpu", version = "1"} : () -> ()',
            ":2:8: error: ",
        ),
    ],
)
def test_a_file_that_is_wrong_is_a_sentence(mlopt, model, tmp_path, content, sentence):
    path = tmp_path / "own.mlir"
    path.write_bytes(content)
    done = mlopt("tune", model, "--space", str(path), "--stop-after", "schedules")
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_a_sentence(mlopt, model, tmp_path):
    missing = str(tmp_path / "none.mlir")
    done = mlopt("tune", model, "--space", missing, "--stop-after", "schedules")
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_is_no_file_of_spaces(mlopt, model, tmp_path):
    folder = str(tmp_path)
    done = mlopt("tune", model, "--space", folder, "--stop-after", "schedules")
    assert done.returncode == 2
    assert "is a directory" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("where", [".", "no/such/folder/x.mlir"])
def test_a_schedule_that_cannot_be_written_is_refused_at_once(
    mlopt, model, tmp_path, where
):
    path = str(tmp_path / where)
    done = mlopt("tune", model, "--schedule", path, "--trials", "1")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "search" not in done.stderr


def with_a_new_knob() -> str:
    """The shipped file after the edit that CONTRIBUTING.md shows."""
    page = (ROOT / "CONTRIBUTING.md").read_text()
    snippet = re.search(r"```mlir\n(.*?)```", page, re.DOTALL)
    assert snippet is not None
    added, used = re.split(r"  // \.\.\..*\n", snippet[1])
    text = space_text("cpu_contraction")
    marker = "  // (6) "
    place = text.index(marker)
    before, after = text[:place], text[place:]
    old = re.search(r"  %stream = .*\n", after)
    assert old is not None
    return before + added + after.replace(old[0], used, 1)


def test_a_knob_is_added_by_editing_one_file(mlopt, model, tmp_path):
    path = tmp_path / "edited.mlir"
    path.write_text(with_a_new_knob())
    common = ("tune", model, "--space", str(path), "--quiet", "--trials", "6")
    out = tmp_path / "chosen.mlir"
    done = mlopt(*common, "--db", str(tmp_path / "r.db"), "--schedule", str(out))
    assert done.returncode == 0, done.stderr
    db = str(tmp_path / "r.db")
    # Without the file what it gave is still found.
    again = mlopt("tune", model, "--quiet", "--trials", "6", "--db", db)
    assert again.returncode == 0, again.stderr
    assert "found in the records" in again.stdout
    records = tmp_path / "records.jsonl"
    assert mlopt("records", "export", str(records), "--db", db).returncode == 0
    assert "stream_rows" in records.read_text()


def test_what_was_chosen_lowers_to_a_script_that_a_stock_tool_takes(
    mlopt, model, tmp_path
):
    export = tmp_path / "out"
    common = ("tune", model, "--quiet", "--trials", "12", "--schedule", "-")
    done = mlopt(*common, "--db", str(tmp_path / "r.db"), "--export", str(export))
    assert done.returncode == 0, done.stderr
    assert "over default" in done.stderr
    lowered = subprocess.run(
        [Path(sys.executable).with_name("mlopt-opt"), "--mlopt-lower-schedule"],
        input=done.stdout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lowered.returncode == 0, lowered.stderr
    accepted = stock_iree_opt(lowered.stdout)
    assert accepted.returncode == 0, accepted.stderr
    if (export / "decisions.mlir").exists():
        assert (export / "decisions.mlir").read_text() == done.stdout
        assert "transform.named_sequence" in lowered.stdout
    else:
        assert "No schedule was chosen" in done.stdout
