"""Questions that `mlopt records` puts to a database, each opened and closed here."""

from collections.abc import Iterator
from pathlib import Path

from mlopt.core.errors import RecordError
from mlopt.core.record import TuningRecord
from mlopt.records import Database, RecordFilter, Summary
from mlopt.records.engine import locate, shown


def summaries(db: str | None, prefix: str) -> list[Summary]:
    """One line for each workload whose hash begins with `prefix`.

    Raises:
        RecordError: there is no database, or it cannot be read.
    """
    with Database.open(db, create=False) as database:
        return _matching(database, prefix)


def records_of(db: str | None, prefix: str) -> list[TuningRecord]:
    """All records of the one workload whose hash begins with `prefix`.

    Raises:
        RecordError: no workload does, or several do, or as `summaries`.
    """
    with Database.open(db, create=False) as database:
        found = sorted({row.workload for row in _matching(database, prefix)})
        if not found:
            raise RecordError(f"no record of a workload {prefix}; see: records list")
        if len(found) > 1:
            raise RecordError(f"{prefix} may be any of {', '.join(found[:4])}")
        return list(database.all(RecordFilter(workload=found[0])))


def lines(db: str | None) -> Iterator[str]:
    """All records as JSON lines, each with its line end.

    Raises:
        RecordError: as `summaries`.
    """
    with Database.open(db, create=False) as database:
        yield from database.export_lines()


def export(db: str | None, path: Path) -> int:
    """Write all records to a file; how many.

    Raises:
        RecordError: as `summaries`, or the file cannot be written.
    """
    with Database.open(db, create=False) as database:
        return database.export_jsonl(path)


def import_from(db: str | None, path: Path) -> int:
    """Add a file's records; how many were new.

    Raises:
        RecordError: the file or the database cannot be used.
    """
    with Database.open(db) as database:
        return database.import_jsonl(path)


def merge(db: str | None, other: str) -> int:
    """Add another database's records; how many were new.

    Raises:
        RecordError: either database cannot be used.
    """
    with Database.open(other, create=False) as source, Database.open(db) as database:
        return database.merge(source)


def state(db: str | None) -> str:
    """One sentence on the database: how much is in it, or why it cannot be used."""
    try:
        with Database.open(db, create=False) as database:
            where = shown(locate(db or Database.default_path()))
            return f"{database.count()} trials in {where}"
    except RecordError as error:
        return str(error)


def _matching(database: Database, prefix: str) -> list[Summary]:
    return [row for row in database.summaries() if row.workload.startswith(prefix)]
