"""A database in a folder one may not write (an image with records) can be read."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mlopt.records import Database

# Root may write everywhere, so the reader gives its rights up; what it will need is
# imported before, for it may not reach the interpreter's folder afterwards.
READER = """
import dataclasses, os, sys
from mlopt.core.errors import RecordError
from mlopt.records import Database
with Database.open("sqlite://") as warm:
    warm.append(list(warm.all()))
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
with Database.open(sys.argv[1]) as database:
    records = list(database.all())
    print(len(records))
    try:
        database.append([dataclasses.replace(records[0], seed=99)])
    except RecordError as error:
        print(error)
"""


@pytest.fixture
def folder():
    """A folder everyone may enter and, in the end, nobody may write."""
    made = Path(tempfile.mkdtemp(prefix="mlopt-test-"))
    yield made
    made.chmod(0o700)
    shutil.rmtree(made)


def test_records_in_a_read_only_folder_are_read_and_not_written(folder):
    appender = Path(__file__).with_name("appender.py")
    path = folder / "r.db"
    subprocess.run(
        [sys.executable, appender, path, "0", "3"], check=True, capture_output=True
    )
    path.chmod(0o444)
    folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", READER, path],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    number, sentence = done.stdout.splitlines()
    assert number == "3"
    assert sentence.startswith(f"the record database {path} is read-only")
    with Database.open(path) as database:
        assert database.count() == 3
