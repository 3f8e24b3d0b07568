"""Records are listed, shown, carried and united from the command line."""

import os
import subprocess

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus
from mlopt.core.record import TuningRecord
from mlopt.records import Database


def _record(**changes) -> TuningRecord:
    fields = {
        "workload": "aa11",
        "kind": "contraction",
        "target": "llvm-cpu/x86_64/znver3/2c/0",
        "compiler_version": "3.13.0",
        "space_version": "1",
        "mlopt_version": "0.1.0",
        "trace": Trace(space="s", decisions=(("tile_m", 8), ("pack", True))),
        "script": "module {}",
        "status": None,
        "detail": "",
        "latency_us": (1.0, 1.0),
        "baseline_us": (2.0, 2.0),
        "speedup": 2.0,
        "speedup_low": 1.9,
        "speedup_high": 2.1,
        "max_relative_error": 0.0,
        "peak_memory_bytes": None,
        "peak_rss_bytes": None,
        "is_final": True,
        "seed": 0,
        "created_at": "2026-01-01T00:00:00+00:00",
        "provenance": "a test",
    }
    return TuningRecord(**(fields | changes))


def _failure() -> TuningRecord:
    return _record(
        workload="bb22",
        status=FailureStatus.WRONG_RESULT,
        latency_us=(),
        baseline_us=(),
        speedup=None,
        speedup_low=None,
        speedup_high=None,
        max_relative_error=None,
        is_final=False,
    )


@pytest.fixture
def db(tmp_path) -> str:
    path = tmp_path / "records.db"
    with Database.open(path) as database:
        database.append([_record(), _failure()])
    return str(path)


def test_list_has_a_line_a_workload_with_its_counts(mlopt, db):
    heading, first, second = mlopt("records", "list", "--db", db).stdout.splitlines()
    assert heading.split()[:2] == ["workload", "kind"]
    assert first.split()[0] == "aa11"
    assert "2.00x" in first
    assert second.split()[:2] == ["bb22", "contraction"]
    assert "2.00x" not in second


def test_list_of_one_workload_leaves_out_the_others(mlopt, db):
    done = mlopt("records", "list", "--workload", "bb", "--db", db)
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == ["bb22"]


def test_show_prints_decisions_and_failures(mlopt, db):
    shown = mlopt("records", "show", "aa", "--db", db).stdout
    assert "2.00x [1.90, 2.10]" in shown
    assert "tile_m=8 pack=True" in shown
    assert "wrong_result" in mlopt("records", "show", "bb22", "--db", db).stdout


def test_show_of_an_unknown_workload_is_a_sentence(mlopt, db):
    done = mlopt("records", "show", "ff", "--db", db)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("mlopt: error: no record of a workload ff")


def test_an_ambiguous_prefix_names_the_choices(mlopt, db):
    done = mlopt("records", "show", "", "--db", db)
    assert done.returncode == 1
    assert "aa11, bb22" in done.stderr


def test_export_and_import_carry_everything_once(mlopt, db, tmp_path):
    lines, copy = str(tmp_path / "r.jsonl"), str(tmp_path / "copy.db")
    assert "exported 2 records" in mlopt("records", "export", lines, "--db", db).stdout
    assert "imported 2 new" in mlopt("records", "import", lines, "--db", copy).stdout
    assert "imported 0 new" in mlopt("records", "import", lines, "--db", copy).stdout
    on_stdout = mlopt("records", "export", "-", "--db", copy).stdout
    assert on_stdout == (tmp_path / "r.jsonl").read_text()


def test_merge_is_a_union(mlopt, db, tmp_path):
    other = tmp_path / "other.db"
    with Database.open(other) as database:
        database.append([_record(), _record(workload="cc33")])
    assert "merged 1 new" in mlopt("records", "merge", str(other), "--db", db).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("show", "aa"),
        ("export", "-"),
        ("merge", "missing.db"),
        ("import", "missing.jsonl"),
    ],
)
def test_what_is_missing_is_a_sentence_and_is_not_created(mlopt, tmp_path, arguments):
    done = mlopt("records", *arguments, "--db", str(tmp_path / "missing.db"))
    assert done.returncode == 1
    assert done.stderr.startswith("mlopt: error: ")
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_leaves_early_is_no_error_message(db, mlopt_command):
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [*mlopt_command, "records", "list", "--db", db]
    done = subprocess.run(
        command, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write_end)
    assert done.stderr == ""
    assert done.returncode == 1
