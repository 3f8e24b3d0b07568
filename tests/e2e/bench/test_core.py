"""The benchmark runs, and its JSON has every row that README shows."""

import json
import subprocess
import sys

import pytest

ROWS = [
    *(f"bert_layer/{name}" for name in ("default", "stock-best", "jax.jit")),
    *(
        f"{matmul}/{name}"
        for matmul in ("matmul_256x1024x256", "matmul_64x3072x768")
        for name in ("default", "stock-best", "numpy", "numpy/one_thread", "search")
    ),
    "warm_call",
    "import_mlopt",
    "mlopt_help",
]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    done = subprocess.run(
        [sys.executable, "-m", "mlopt.bench.core", "--quick", "--out", str(folder)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "leak" not in done.stderr
    assert "BERT-base layer" in done.stdout
    return folder


def test_the_json_has_all_rows(out):
    data = json.loads((out / "bench-core-quick.json").read_text())
    assert [row["name"] for row in data["rows"]] == ROWS
    assert data["quick"] is True
    assert data["machine"]["num_cores"] >= 1
    assert data["versions"]["iree-base-compiler"]


def test_every_ratio_has_an_interval_around_it(out):
    data = json.loads((out / "bench-core-quick.json").read_text())
    ratios = [row for row in data["rows"] if row["ci95"] is not None]
    assert len(ratios) == 12
    for row in ratios:
        low, high = row["ci95"]
        assert 0.0 < low <= row["value"] <= high
        assert row["against"]


def test_results_were_compared_before_they_were_timed(out):
    data = json.loads((out / "bench-core-quick.json").read_text())
    errors = [
        row["details"]["max_relative_error"]
        for row in data["rows"]
        if "max_relative_error" in row["details"]
    ]
    assert len(errors) == 11
    assert all(0.0 <= error < 1e-4 for error in errors)


def test_neither_jax_nor_iree_is_imported_with_mlopt(out):
    data = json.loads((out / "bench-core-quick.json").read_text())
    rows = {row["name"]: row for row in data["rows"]}
    assert rows["import_mlopt"]["details"]["loaded"] == []
    assert rows["mlopt_help"]["details"]["loaded"] == []


def test_the_markdown_names_no_folder_of_this_machine(out):
    text = (out / "bench-core-quick.md").read_text()
    assert str(out) not in text
    assert text.count("\n| ") == 2 + len(ROWS)
