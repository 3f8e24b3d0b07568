"""Look-ups give what was appended, by the documented rules."""

import dataclasses
import sqlite3

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.errors import RecordError
from mlopt.core.measurement import FailureStatus
from mlopt.records import Database, RecordFilter, Summary

KEY = ("a1b2", "llvm-cpu/x86_64/znver3/2c/00000000", "3.13.0")
FAILED = {
    "status": FailureStatus.COMPILE_ERROR,
    "detail": "tile does not divide",
    "latency_us": (),
    "baseline_us": (),
    "speedup": None,
    "speedup_low": None,
    "speedup_high": None,
    "is_final": False,
}


def faster(record, speedup, **fields):
    """The record with another speedup, its interval 0.1 to either side."""
    return dataclasses.replace(
        record,
        speedup=speedup,
        speedup_low=speedup - 0.1,
        speedup_high=speedup + 0.1,
        **fields,
    )


def test_a_record_is_there_after_the_database_was_closed(tmp_path, tuning, program):
    with Database.open(tmp_path / "deep" / "er" / "r.db") as database:
        assert database.append([tuning, program]) == 2
    with Database.open(tmp_path / "deep" / "er" / "r.db", create=False) as database:
        assert list(database.all()) == [tuning]
        assert list(database.programs()) == [program]


def test_without_a_name_the_cache_folder_is_used(cache_dir, tuning):
    with Database.open() as database:
        database.append([tuning])
    assert (cache_dir / "records.db").is_file()


def test_a_url_names_the_same_database_as_the_path(tmp_path, tuning):
    with Database.open(f"sqlite:///{tmp_path}/r.db") as database:
        database.append([tuning])
    with Database.open(tmp_path / "r.db") as database:
        assert database.count() == 1


def test_a_database_in_memory_works(tuning):
    with Database.open("sqlite://") as database:
        database.append([tuning])
        assert database.best(*KEY, [tuning.space_version]) == tuning


def test_without_create_a_missing_file_is_an_error_and_stays_missing(tmp_path):
    with pytest.raises(RecordError, match="there is no record database at"):
        Database.open(tmp_path / "typo.db", create=False)
    assert not (tmp_path / "typo.db").exists()


def test_the_same_record_is_kept_once(database, tuning):
    assert database.append([tuning, tuning]) == 1
    assert database.append([tuning]) == 0
    assert database.count() == 1


def test_appending_is_all_or_nothing(database, tuning):
    bad = dataclasses.replace(tuning, speedup=float("nan"))
    with pytest.raises(RecordError, match=r"not written to .*speedup"):
        database.append([dataclasses.replace(tuning, seed=5), bad])
    assert database.count() == 0


def test_best_is_the_highest_final_speedup(database, tuning):
    records = [faster(tuning, ratio) for ratio in (1.5, 2.5, 2.0)]
    database.append(records)
    assert database.best(*KEY, ["configured-1"]) == records[1]


@pytest.mark.parametrize(
    "fields",
    [
        FAILED,
        {"is_final": False},
        {"speedup_low": 1.0},
        {"workload": "other"},
        {"target": "llvm-cpu/aarch64"},
        {"compiler_version": "3.14.0"},
        {"space_version": "configured-2"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_best_ignores_what_does_not_count(database, tuning, fields):
    database.append([dataclasses.replace(tuning, **fields)])
    assert database.best(*KEY, ["configured-1"]) is None


def test_best_looks_in_several_spaces_and_in_none(database, tuning):
    database.append([tuning, faster(tuning, 3.0, space_version="scripted-1")])
    both = database.best(*KEY, ["configured-1", "scripted-1"])
    assert both is not None
    assert both.space_version == "scripted-1"
    assert database.best(*KEY, []) is None


def test_ties_are_broken_alike_whatever_the_order(tmp_path, tuning):
    tied = [dataclasses.replace(tuning, seed=seed) for seed in range(5)]
    surest = dataclasses.replace(tuning, speedup_low=1.95)
    winners = []
    for name, records in (("a", tied), ("b", tied[::-1])):
        with Database.open(tmp_path / name) as database:
            database.append(records)
            winners.append(database.best(*KEY, ["configured-1"]))
            database.append([surest])
            assert database.best(*KEY, ["configured-1"]) == surest
    assert winners[0] == winners[1]
    assert winners[0] in tied


def test_trials_of_a_key_come_in_the_order_of_adding(database, tuning):
    tried = [
        dataclasses.replace(tuning, trace=Trace(space="s", decisions=(("t", n),)))
        for n in (5, 3, 9, 1)
    ]
    tried[2] = dataclasses.replace(tried[2], **FAILED)
    for record in tried:
        database.append([record, dataclasses.replace(record, space_version="s-2")])
    assert database.trials(*KEY, ["configured-1"]) == tried


def test_more_records_than_a_page_come_back_in_order(database, tuning):
    records = [dataclasses.replace(tuning, seed=seed) for seed in range(1203)]
    assert database.append(records) == 1203
    assert list(database.all()) == records


def test_a_filter_keeps_what_meets_all_its_conditions(database, tuning):
    failed = dataclasses.replace(tuning, **FAILED)
    other = dataclasses.replace(tuning, kind="reduction")
    database.append([tuning, failed, other])
    chosen = RecordFilter(kind="contraction", is_final=True)
    assert list(database.all(chosen)) == [tuning]
    assert database.count(chosen) == 1
    assert database.count(RecordFilter(is_final=False)) == 1
    assert database.count(RecordFilter(target="nowhere")) == 0


def test_summaries_count_trials_failures_and_the_best_winner(database, tuning):
    unsure = dataclasses.replace(
        tuning, is_final=False, speedup=9.0, speedup_low=8.0, speedup_high=10.0
    )
    late = "2026-01-01T00:00:00+00:00"
    failed = dataclasses.replace(tuning, **FAILED, created_at=late)
    database.append([tuning, unsure, failed, dataclasses.replace(failed, workload="z")])
    first, second = database.summaries()
    assert first == Summary(
        workload="a1b2",
        kind="contraction",
        target=tuning.target,
        compiler_version="3.13.0",
        num_trials=3,
        num_failures=1,
        best_speedup=2.0,
        last_at=late,
    )
    assert (second.workload, second.best_speedup) == ("z", None)


def test_the_newest_result_of_a_program_counts(database, program):
    newer = dataclasses.replace(program, created_at="2025-02-01T00:00:00+00:00")
    database.append([newer, program])
    assert database.program("feed", program.target, "3.13.0") == newer
    assert database.program("feed", program.target, "3.14.0") is None
    assert database.program("food", program.target, "3.13.0") is None


def test_an_altered_row_is_refused(tmp_path, tuning):
    with Database.open(tmp_path / "r.db") as database:
        database.append([tuning])
        with sqlite3.connect(tmp_path / "r.db") as raw:
            raw.execute("UPDATE mlopt_trials SET body = replace(body, '2.0', '7.0')")
        with pytest.raises(RecordError, match="altered after it was written"):
            database.best(*KEY, ["configured-1"])


def test_a_row_with_a_right_hash_and_wrong_content_is_refused(tmp_path, tuning):
    with Database.open(tmp_path / "r.db") as database:
        database.append([tuning])
        with sqlite3.connect(tmp_path / "r.db") as raw:
            raw.execute(
                "UPDATE mlopt_trials SET body = '[]', digest = "
                "'4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945'"
            )
        with pytest.raises(RecordError, match=r"cannot be read .* expected an object"):
            list(database.all())


def test_the_file_is_usable_while_it_is_open_elsewhere(tmp_path, tuning):
    with (
        Database.open(tmp_path / "r.db") as one,
        Database.open(tmp_path / "r.db") as two,
    ):
        one.append([tuning])
        reading = two.all()
        assert next(reading) == tuning
        one.append([dataclasses.replace(tuning, seed=1)])
        assert two.count() == 2


def test_the_write_ahead_log_is_on(tmp_path):
    with Database.open(tmp_path / "r.db"):
        mode = sqlite3.connect(tmp_path / "r.db").execute("PRAGMA journal_mode")
        assert mode.fetchone() == ("wal",)
