"""JSON lines and merging: unions that lose nothing and add nothing twice."""

import dataclasses
import json

import pytest

from mlopt.core.errors import RecordError, RecordVersionError
from mlopt.records import Database


@pytest.fixture
def other(tmp_path):
    with Database.open(tmp_path / "other.db") as opened:
        yield opened


@pytest.fixture
def exported(tmp_path, database, tuning, program):
    """A file of two trials and a program."""
    database.append([tuning, dataclasses.replace(tuning, seed=1), program])
    assert database.export_jsonl(tmp_path / "e.jsonl") == 3
    return tmp_path / "e.jsonl"


def everything(database):
    return list(database.export_lines())


def test_import_gives_back_what_was_exported(exported, database, other):
    assert other.import_jsonl(exported) == 3
    assert everything(other) == everything(database)


def test_importing_twice_adds_nothing(exported, other):
    other.import_jsonl(exported)
    assert other.import_jsonl(exported) == 0


def test_the_header_has_the_schema_version(exported):
    first = exported.read_text().splitlines()[0]
    assert json.loads(first) == {"format": "mlopt-records", "schema": 1}


def test_an_empty_database_exports_a_header_that_imports(tmp_path, database, other):
    assert database.export_jsonl(tmp_path / "e.jsonl") == 0
    assert other.import_jsonl(tmp_path / "e.jsonl") == 0


def test_merge_is_a_union_and_idempotent(database, other, tuning, program):
    mine, shared, theirs = (dataclasses.replace(tuning, seed=seed) for seed in range(3))
    database.append([mine, shared])
    other.append([shared, theirs, program])
    assert database.merge(other) == 2
    assert database.merge(other) == 0
    assert list(database.all()) == [mine, shared, theirs]
    assert list(database.programs()) == [program]
    assert other.count() == 2


def test_merging_a_database_into_itself_changes_nothing(tmp_path, database, tuning):
    database.append([tuning])
    with Database.open(tmp_path / "records.db") as same:
        assert database.merge(same) == 0
        assert database.merge(database) == 0


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"{", "line 3: not JSON"),
        (b"", "line 3: not JSON"),
        (b"\xff\xfe", "line 3: .*codec can't decode"),
        (b"{}", "line 3: neither a trial nor a program"),
        (b'{"trial":{}}', "line 3: missing or unknown fields"),
        (b'{"trial":{},"program":{}}', "line 3: neither"),
        (b'{"format":"mlopt-records","schema":1}', "line 3: neither"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(exported, other, line, sentence):
    lines = exported.read_bytes().splitlines()
    lines[2] = line
    exported.write_bytes(b"\n".join(lines) + b"\n")
    with pytest.raises(RecordError, match=sentence):
        other.import_jsonl(exported)
    assert everything(other) == everything(other)[:1]


def test_a_file_cut_short_is_named_by_its_last_line(exported, other):
    exported.write_bytes(exported.read_bytes()[:-20])
    with pytest.raises(RecordError, match="line 4: not JSON"):
        other.import_jsonl(exported)
    assert other.count() == 0


@pytest.mark.parametrize("first", ["", "[]", '{"format":"csv","schema":1}'])
def test_a_file_without_the_header_is_refused(tmp_path, other, first):
    (tmp_path / "e.jsonl").write_text(first)
    with pytest.raises(RecordError, match="line 1: not"):
        other.import_jsonl(tmp_path / "e.jsonl")


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [("2", "newer mlopt"), ("0", "unknown schema 0"), ('"x"', "unknown schema x")],
)
def test_a_file_of_another_schema_is_refused(tmp_path, other, schema, sentence):
    header = f'{{"format":"mlopt-records","schema":{schema}}}\n'
    (tmp_path / "e.jsonl").write_text(header)
    with pytest.raises(RecordVersionError, match=sentence):
        other.import_jsonl(tmp_path / "e.jsonl")


def test_a_missing_file_is_a_sentence(tmp_path, other):
    with pytest.raises(RecordError, match=r"cannot read .*No such file"):
        other.import_jsonl(tmp_path / "nowhere.jsonl")


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path, database):
    with pytest.raises(RecordError, match=r"cannot write .*No such file"):
        database.export_jsonl(tmp_path / "nowhere" / "e.jsonl")


def test_export_that_fails_keeps_the_old_file(tmp_path, exported, database, small):
    before = exported.read_bytes()
    with pytest.raises(RecordError, match="altered"):
        small.export_jsonl(exported)
    assert exported.read_bytes() == before
    assert sorted(tmp_path.glob(".e.jsonl*")) == []


@pytest.fixture
def small(tmp_path, tuning):
    """A database whose second record was altered."""
    import sqlite3

    with Database.open(tmp_path / "altered.db") as opened:
        opened.append([tuning, dataclasses.replace(tuning, seed=1)])
        with sqlite3.connect(tmp_path / "altered.db") as raw:
            raw.execute("UPDATE mlopt_trials SET body = '{}' WHERE id = 2")
        yield opened
