"""What cannot be a record database is refused by a sentence that says what to do."""

import dataclasses
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import Pool, event

from mlopt.core.errors import RecordError, RecordVersionError
from mlopt.records import Database
from mlopt.records.engine import connect, locate, use_write_ahead_log
from mlopt.records.schema import SCHEMA_VERSION


@pytest.fixture
def small_disk():
    """SQLite files of at most 40 pages, everywhere, until the test ends."""

    def limit(raw, _record):
        raw.execute("PRAGMA max_page_count=40").close()

    event.listen(Pool, "connect", limit)
    yield
    event.remove(Pool, "connect", limit)


def set_version(path, version):
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE mlopt_schema SET version = ?", (version,))


def test_a_newer_schema_is_refused_with_both_versions(tmp_path):
    Database.open(tmp_path / "r.db").close()
    set_version(tmp_path / "r.db", SCHEMA_VERSION + 1)
    with pytest.raises(RecordVersionError, match=r"newer mlopt \(schema 2.*upgrade"):
        Database.open(tmp_path / "r.db")


def test_an_unknown_schema_is_refused(tmp_path):
    Database.open(tmp_path / "r.db").close()
    set_version(tmp_path / "r.db", 0)
    with pytest.raises(RecordVersionError, match="unknown schema 0"):
        Database.open(tmp_path / "r.db")


def test_a_schema_table_without_a_row_is_refused(tmp_path):
    Database.open(tmp_path / "r.db").close()
    with sqlite3.connect(tmp_path / "r.db") as raw:
        raw.execute("DELETE FROM mlopt_schema")
    with pytest.raises(RecordVersionError, match="unknown schema"):
        Database.open(tmp_path / "r.db")


def test_another_programs_database_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "r.db") as raw:
        raw.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(RecordError, match="another program's database"):
        Database.open(tmp_path / "r.db")
    tables = sqlite3.connect(tmp_path / "r.db").execute(
        "SELECT name FROM sqlite_master"
    )
    assert tables.fetchall() == [("bookmarks",)]


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    (tmp_path / "r.db").write_text("notes to myself\n" * 100)
    with pytest.raises(RecordError, match="is not a record database"):
        Database.open(tmp_path / "r.db")
    assert (tmp_path / "r.db").read_text() == "notes to myself\n" * 100


def test_a_damaged_file_is_refused(tmp_path, tuning):
    with Database.open(tmp_path / "r.db") as database:
        database.append(dataclasses.replace(tuning, seed=seed) for seed in range(200))
    content = bytearray((tmp_path / "r.db").read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    (tmp_path / "r.db").write_bytes(content)
    with (
        pytest.raises(RecordError, match="is damaged"),
        Database.open(tmp_path / "r.db") as database,
    ):
        list(database.all())


def test_a_full_disk_is_a_sentence_and_loses_nothing(tmp_path, small_disk, tuning):
    with Database.open(tmp_path / "r.db") as database:
        database.append([tuning])
        large = dataclasses.replace(tuning, script="x" * 400_000)
        with pytest.raises(RecordError, match=r"the disk of .*r\.db is full"):
            database.append([large])
        assert list(database.all()) == [tuning]


def test_a_read_only_database_can_be_read_but_not_appended_to(tmp_path, tuning):
    with Database.open(tmp_path / "r.db") as database:
        database.append([tuning])
    url = f"sqlite:///file:{tmp_path}/r.db?mode=ro&uri=true"
    with Database.open(url) as database:
        assert list(database.all()) == [tuning]
        with pytest.raises(RecordError, match="is read-only"):
            database.append([dataclasses.replace(tuning, seed=1)])


def test_a_locked_database_is_a_sentence_after_the_timeout(tmp_path, tuning):
    with Database.open(tmp_path / "r.db", lock_timeout_s=0.1) as database:
        holder = sqlite3.connect(tmp_path / "r.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordError, match="locked by another process"):
            database.append([tuning])
        holder.execute("COMMIT")
        assert database.append([tuning]) == 1


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(RecordError, match="cannot be opened"):
        Database.open(tmp_path)


def test_a_path_through_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match=r"the folder of .* cannot be made"):
        Database.open(tmp_path / "file" / "r.db")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nosuch://host/name", "driver of the record database nosuch://host/name"),
        ("sqlite+nosuch:///r.db", "driver of the record database"),
        ("://", "neither a path nor a URL"),
        ("postgresql://host:port/name", "neither a path nor a URL"),
    ],
)
def test_a_url_nothing_can_open_is_refused(url, sentence):
    with pytest.raises(RecordError, match=sentence):
        Database.open(url)


def test_a_password_is_never_shown():
    with pytest.raises(RecordError) as caught:
        Database.open("nosuch://me:s3cret@host/name")
    assert "s3cret" not in str(caught.value)


@pytest.fixture
def held(tmp_path):
    """A file that another connection holds, and that connection."""
    path = tmp_path / "held.db"
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("CREATE TABLE something (x)")
    holder.execute("BEGIN EXCLUSIVE")
    yield path, holder
    holder.close()


def test_the_write_ahead_log_waits_for_other_processes(held):
    path, holder = held
    engine = connect(locate(str(path)), lock_timeout_s=10.0)
    threading.Timer(0.3, lambda: holder.execute("COMMIT")).start()
    use_write_ahead_log(engine, 10.0)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_stays_locked_is_a_sentence(held):
    path, _ = held
    engine = connect(locate(str(path)), lock_timeout_s=0.1)
    with pytest.raises(RecordError, match=r"held\.db: database is locked"):
        use_write_ahead_log(engine, 0.1)
    engine.dispose()
