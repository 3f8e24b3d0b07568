"""Real processes share one database, die in the middle, and lose nothing promised."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mlopt.records import Database

APPENDER = Path(__file__).with_name("appender.py")


def start(path: Path, seed: int, number: int) -> subprocess.Popen[str]:
    """A process that appends, and prints a line after each record it has stored."""
    return subprocess.Popen(
        [sys.executable, str(APPENDER), str(path), str(seed), str(number)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_create_and_fill_one_database(tmp_path):
    both = [start(tmp_path / "r.db", seed, 200) for seed in (0, 1000)]
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
    with Database.open(tmp_path / "r.db", create=False) as database:
        seeds = [record.seed for record in database.all()]
    assert sorted(seeds) == [*range(200), *range(1000, 1200)]
    for first in (0, 1000):
        own = [seed for seed in seeds if first <= seed < first + 200]
        assert own == sorted(own)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_what_append_returned_for_outlives_the_process(tmp_path, number):
    process = start(tmp_path / "r.db", 0, 1_000_000)
    assert process.stdout is not None
    promised = [int(process.stdout.readline()) for _ in range(25)]
    process.send_signal(number)
    promised += [int(line) for line in process.stdout if line.endswith("\n")]
    process.wait(timeout=60)
    with Database.open(tmp_path / "r.db", create=False) as database:
        kept = [record.seed for record in database.all()]
        assert kept[: len(promised)] == promised
        assert len(kept) <= len(promised) + 1
        newest = max(kept)
    resumed = start(tmp_path / "r.db", newest + 1, 3)
    _, errors = resumed.communicate(timeout=60)
    assert (resumed.returncode, errors) == (0, "")


def test_processes_merge_into_one_database_at_once(tmp_path):
    for seed in (0, 1000):
        _, errors = start(tmp_path / f"{seed}.db", seed, 60).communicate(timeout=60)
        assert errors == ""
    code = (
        "import sys; from mlopt.records import Database as D\n"
        "with D.open(sys.argv[1]) as a, D.open(sys.argv[2]) as b: a.merge(b)"
    )
    merging = [
        subprocess.Popen([sys.executable, "-c", code, *map(str, paths)])
        for seed in (0, 1000, 0)
        for paths in [(tmp_path / "all.db", tmp_path / f"{seed}.db")]
    ]
    assert [process.wait(timeout=60) for process in merging] == [0, 0, 0]
    with Database.open(tmp_path / "all.db", create=False) as database:
        seeds = sorted(record.seed for record in database.all())
    assert seeds == [*range(60), *range(1000, 1060)]
