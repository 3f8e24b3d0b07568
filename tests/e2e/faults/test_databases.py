"""Databases that cannot be used: one sentence, exit code 1, the file left alone."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlopt.records import Database
from mlopt.tools.exits import exit_code_of
from mlopt.tools.main import cli

pytestmark = pytest.mark.usefixtures("shares_compiled")

# Enough for an empty database, and not for the records of a search.
FILLED = "20k"
COMMAND = (sys.executable, "-m", "mlopt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command line ended in."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def mlopt(capfd):
    """Run a command line in this process, which has its libraries loaded already."""

    def run(*arguments: str) -> Done:
        code = exit_code_of(cli, arguments)
        shown = capfd.readouterr()
        return Done(returncode=code, stdout=shown.out, stderr=shown.err)

    return run


@pytest.fixture
def tune(mlopt, model):
    """Tune the tiny program into a database."""

    def run(db: str) -> Done:
        return mlopt("tune", f"{model}:dense", "--trials", "2", "--quiet", "--db", db)

    return run


def assert_one_sentence(done, *words: str) -> None:
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    first, *rest = done.stderr.splitlines()
    assert first.startswith("mlopt: error: the ")
    for word in words:
        assert word in first
    assert all(line.startswith("mlopt: --verbose") for line in rest)


@pytest.fixture
def db(tmp_path) -> Path:
    path = tmp_path / "records.db"
    Database.open(path).close()
    return path


def test_a_file_that_is_no_database(tune, tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("notes to myself\n" * 100)
    assert_one_sentence(tune(str(path)), "is not a record database")
    assert path.read_text() == "notes to myself\n" * 100


def test_a_damaged_database(tune, db):
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(db.read_bytes())
    content[200:] = b"\xa5" * (len(content) - 200)
    db.write_bytes(content)
    assert_one_sentence(tune(str(db)), "is damaged")
    assert db.read_bytes() == bytes(content)


def test_a_database_of_a_newer_mlopt(tune, db):
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("UPDATE mlopt_schema SET version = 99")
    done = tune(str(db))
    assert_one_sentence(done, "newer mlopt", "schema 99", "upgrade")
    with closing(sqlite3.connect(db)) as connection:
        rows = connection.execute("SELECT version FROM mlopt_schema").fetchall()
    assert rows == [(99,)]


def test_a_read_only_database(tune, db):
    # Root may write any file, so the database itself is opened read-only.
    url = f"sqlite:///file:{db}?mode=ro&uri=true"
    assert_one_sentence(tune(url), "is read-only")
    with Database.open(db) as database:
        assert database.count() == 0


def test_a_database_on_a_full_disk(tmp_path, model):
    """A disk of 100 KiB, in a mount of the process's own, takes no trial."""
    disk = tmp_path / "disk"
    disk.mkdir()
    unshare = shutil.which("unshare")
    mount = f"mount -t tmpfs -o size=100k none {disk}"
    probe = [unshare or "false", "-Urm", "sh", "-c", mount]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk")
    filled = f'{mount} && head -c {FILLED} /dev/zero > {disk}/other && exec "$@"'
    flags = ("--trials", "2", "--quiet", "--db", str(disk / "records.db"))
    done = subprocess.run(
        [*probe[:-1], filled, "sh", *COMMAND, "tune", f"{model}:dense", *flags],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert_one_sentence(done, "the disk of", "is full", "free space")


def test_a_database_whose_folder_is_a_file(tune, tmp_path):
    (tmp_path / "file").write_text("")
    done = tune(str(tmp_path / "file" / "r.db"))
    assert done.returncode == 1
    assert "cannot be made" in done.stderr
    assert "Traceback" not in done.stderr


def test_run_goes_on_without_records_it_cannot_read(mlopt, tmp_path, model, caplog):
    path = tmp_path / "notes.db"
    path.write_text("notes to myself\n" * 100)
    done = mlopt("run", f"{model}:dense", "--db", str(path))
    assert done.returncode == 0, done.stderr
    assert "tuned: 0 of 1" in done.stdout
    (warning,) = caplog.messages
    assert "is not a record database" in warning


@pytest.mark.parametrize("flag", ["--export", "--json"])
def test_an_output_that_cannot_be_written_is_known_before_the_search(
    mlopt, tmp_path, model, flag
):
    (tmp_path / "file").write_text("")
    db, below = tmp_path / "records.db", tmp_path / "file" / "folder" / "below"
    done = mlopt("tune", f"{model}:dense", "--db", str(db), flag, str(below))
    assert done.returncode == 1
    assert done.stderr.startswith("mlopt: error: ")
    assert "cannot be made" in done.stderr
    assert not db.exists()
