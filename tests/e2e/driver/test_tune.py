"""`mlopt tune` from a JAX function to a table, records, JSON and a schedule."""

import dataclasses
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.measurement import FailureStatus, Interval
from mlopt.core.report import ProgramResult, Verdict
from mlopt.core.summary import Stage
from mlopt.records import Database, RecordFilter

LATENCY_KEYS = {"latency_us", "ci95", "samples", "peak_memory_bytes"}


def test_the_json_has_the_documented_keys(tuned):
    result = tuned.results[0]
    assert result.keys() >= {
        "target",
        "versions",
        "baselines",
        "tuned",
        "speedup",
        "verdict",
        "max_relative_error",
        "trials",
        "failures",
        "workloads",
        "wall_s",
    }
    assert result["baselines"].keys() == {"default", "stock_best"}
    for latency in (*result["baselines"].values(), result["tuned"]):
        assert latency.keys() == LATENCY_KEYS
    assert result["speedup"].keys() == {"default", "stock_best"}
    for speedup in result["speedup"].values():
        assert speedup.keys() == {"ratio", "ci95"}
    (workload,) = result["workloads"]
    assert workload.keys() >= {"hash", "kind", "share", "before", "after", "schedule"}


def test_the_numbers_of_the_json_agree_with_each_other(tuned):
    for result in tuned.results:
        for latency in (*result["baselines"].values(), result["tuned"]):
            low, high = latency["ci95"]
            assert 0.0 < low <= latency["latency_us"] <= high
            assert latency["samples"] >= 20
        for speedup in result["speedup"].values():
            assert speedup["ci95"][0] <= speedup["ratio"] <= speedup["ci95"][1]
        is_faster = result["speedup"]["default"]["ci95"][0] > 1.0
        assert result["verdict"] == ("faster" if is_faster else "no_significant_gain")
        assert result["max_relative_error"] < 1e-4
        assert result["trials"] == 4
        (workload,) = result["workloads"]
        assert workload["kind"] == "contraction"
        assert workload["share"] == pytest.approx(1.0)
        assert workload["trials"] == 4
        assert set(result["failures"]) <= {status.value for status in FailureStatus}


def test_every_trial_is_in_the_database_with_what_it_tried(tuned):
    with Database.open(tuned.db) as database:
        records = list(database.all(RecordFilter(is_final=False)))
        (program, _) = database.programs()
    assert len(records) == 4
    assert len({record.trace for record in records}) == 4
    (workload,) = tuned.results[0]["workloads"]
    for record in records:
        assert record.workload == workload["hash"]
        assert record.seed == 0
        assert (record.status is None) == bool(record.latency_us)
        assert record.status is not None or record.script
    assert program.trials == 4
    assert program.name == "dense"


def test_the_table_is_on_stdout_and_progress_on_stderr(tuned):
    for word in ("default", "stock-best", "tuned", "95% interval", "Verdict"):
        assert word in tuned.first.stdout
    assert "final comparison" in tuned.first.stderr
    assert "4/4 trials" in tuned.first.stderr
    assert "leak" not in tuned.first.stderr


def test_quiet_prints_no_progress(tuned):
    assert tuned.second.stderr == ""
    assert "Verdict" in tuned.second.stdout


def test_a_second_run_measures_nothing_but_the_final_comparison(tuned):
    assert tuned.num_trials[1] == tuned.num_trials[0]
    notes = " ".join(tuned.results[1]["notes"])
    assert "nothing was searched" in notes
    assert "only the final comparison was measured" in notes
    assert "nothing was searched" not in " ".join(tuned.results[0]["notes"])


def test_a_second_run_tells_of_the_same_trials_and_choice(tuned):
    first, second = tuned.results
    assert second["trials"] == first["trials"]
    assert second["failures"] == first["failures"]
    assert second["base_name"] == first["base_name"]
    assert [w["schedule"] for w in second["workloads"]] == [
        w["schedule"] for w in first["workloads"]
    ]


def test_a_run_from_records_does_not_make_the_next_one_search(tuned):
    with Database.open(tuned.db) as database:
        first, second = database.programs()
    assert (second.trials, second.wall_s) == (first.trials, first.wall_s)


def test_an_exported_folder_is_complete(tuned):
    for number, result in enumerate(tuned.results, start=1):
        folder = tuned.folder / f"export{number}"
        names = {path.name for path in folder.iterdir()}
        assert names >= {"schedule.mlir", "flags.txt", "program.mlirbc"}
        assert result["schedule_path"] == str(folder)


def test_a_stock_compiler_takes_the_exported_folder(tuned, tmp_path):
    folder = tuned.folder / "export1"
    flags = shlex.split((folder / "flags.txt").read_text())
    compiler = Path(sys.executable).parent / "iree-compile"
    out = tmp_path / "program.vmfb"
    done = subprocess.run(
        [compiler, *flags, "program.mlirbc", "-o", out],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 0


def test_run_computes_what_jax_computes_before_and_after_tuning(tuned, untuned_run):
    before = untuned_run("run", tuned.source)
    after = tuned.run("run", tuned.source, "--db", tuned.db)
    assert before.returncode == after.returncode == 0, before.stderr + after.stderr
    means = [_mean(done.stdout) for done in (before, after)]
    assert means[0] == pytest.approx(means[1], rel=1e-4)
    assert means[0] == pytest.approx(_expected_mean(), rel=1e-4)
    assert "tuned: 0 of 1" in before.stdout
    has_schedule = tuned.results[0]["workloads"][0]["schedule"] is not None
    assert f"tuned: {int(has_schedule)} of 1" in after.stdout


def test_a_program_that_nothing_was_found_for_is_compared_with_itself(tuned, tmp_path):
    """The same code under two names must not look like two programs."""
    db = str(tmp_path / "r.db")
    with Database.open(tuned.db) as earlier, Database.open(db) as copy:
        program, *_ = earlier.programs()
        copy.append([dataclasses.replace(program, base_name="default", chosen=())])
    result = driver.tune(tuned.source, budget=Budget(trials=4), db=db)
    assert isinstance(result, ProgramResult)
    assert result.base_name == "default"
    assert result.speedup["default"] == Interval(value=1.0, low=1.0, high=1.0)
    assert result.verdict is Verdict.NO_SIGNIFICANT_GAIN


def test_a_dry_run_partitions_and_leaves_no_database(untuned_run, model, tmp_path):
    done = untuned_run("tune", model, "--dry-run", "--db", str(tmp_path / "r.db"))
    assert done.returncode == 0, done.stderr
    assert "contraction" in done.stdout
    assert not (tmp_path / "r.db").exists()
    assert not (tmp_path / "cache" / "records.db").exists()


@pytest.mark.parametrize(
    ("stage", "column"),
    [
        ("partition", "MFLOP"),
        ("schedules", "expert schedules"),
        ("compile", "compiled"),
        ("measure", "measured"),
    ],
)
def test_stopping_after_a_stage_shows_that_stage_and_records_nothing(
    model, cache_dir, stage, column
):
    summary = driver.preview(model, Stage(stage))
    assert summary.stage == stage
    (row,) = summary.rows
    cell = row[summary.columns.index(column)]
    assert float(cell) > 0
    assert Database.default_path().is_relative_to(cache_dir)
    assert not Database.default_path().exists()


def _mean(stdout: str) -> float:
    row = next(line for line in stdout.splitlines() if "float32[32,32]" in line)
    return float(row.split()[2])


def _expected_mean() -> float:
    import jax

    x = jax.random.normal(jax.random.key(0), (32, 64))
    weight = jax.random.normal(jax.random.key(1), (64, 32))
    return float(jax.nn.relu(x @ weight).mean())
