"""Adding records that are not there yet, in batches, inside one transaction."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection, Table, insert, select

from mlopt.core.errors import RecordError
from mlopt.records.codec import Record
from mlopt.records.schema import PROGRAMS, TRIALS, row_of, table_of

# Bounds the memory of an import, and the variables of one statement (SQLite before
# 3.32 takes 999).
_BATCH: Final = 500


def insert_new(connection: Connection, records: Iterable[Record], where: str) -> int:
    """Add those records whose content is not there yet, in their order.

    Returns:
        How many were added.

    Raises:
        RecordError: a record could not be read back.
    """
    added = 0
    for batch in _batches(records):
        for table in (TRIALS, PROGRAMS):
            rows = _rows((r for r in batch if table_of(r) is table), where)
            added += _insert(connection, table, rows)
    return added


def _insert(
    connection: Connection, table: Table, rows: dict[str, dict[str, object]]
) -> int:
    if not rows:
        return 0
    known = select(table.c.digest).where(table.c.digest.in_(list(rows)))
    there = set(connection.execute(known).scalars())
    new = [row for content, row in rows.items() if content not in there]
    if new:
        connection.execute(insert(table), new)
    return len(new)


def _rows(records: Iterable[Record], where: str) -> dict[str, dict[str, object]]:
    """Rows by content hash, so that a batch holds each once."""
    rows = {}
    for record in records:
        try:
            row = row_of(record)
        except ValueError as error:
            raise RecordError(f"not written to {where}: {error}") from error
        rows[row["digest"]] = row
    return rows


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    remaining = iter(records)
    while batch := list(itertools.islice(remaining, _BATCH)):
        yield batch
