"""The tables, in SQL that SQLite and PostgreSQL both speak.

A row is the record's canonical JSON, its hash, and copies of the fields that lookups
filter and sort by. The hash is unique: a record is in a database once.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from mlopt.core.record import ProgramRecord, TuningRecord
from mlopt.records.checks import MAX_NAME
from mlopt.records.codec import digest, encode

# Raised by any change to the tables or to the JSON of a record. Other versions are
# refused, never migrated in place.
SCHEMA_VERSION: Final = 1

METADATA: Final = MetaData()

VERSION: Final = Table(
    "mlopt_schema",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
)

TRIALS: Final = Table(
    "mlopt_trials",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("workload", String(MAX_NAME), nullable=False),
    Column("kind", String(MAX_NAME), nullable=False),
    Column("target", String(MAX_NAME), nullable=False),
    Column("compiler_version", String(MAX_NAME), nullable=False),
    Column("space_version", String(MAX_NAME), nullable=False),
    Column("status", String(MAX_NAME)),
    Column("is_final", Boolean, nullable=False),
    Column("speedup", Double),
    Column("speedup_low", Double),
    Column("created_at", String(MAX_NAME), nullable=False),
    Column("body", Text, nullable=False),
    Index(
        "mlopt_trials_key", "workload", "target", "compiler_version", "space_version"
    ),
)

PROGRAMS: Final = Table(
    "mlopt_programs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("program", String(MAX_NAME), nullable=False),
    Column("target", String(MAX_NAME), nullable=False),
    Column("compiler_version", String(MAX_NAME), nullable=False),
    Column("created_at", String(MAX_NAME), nullable=False),
    Column("body", Text, nullable=False),
    Index("mlopt_programs_key", "program", "target", "compiler_version"),
)


def table_of(record: TuningRecord | ProgramRecord) -> Table:
    """Where a record of this class is kept."""
    return TRIALS if isinstance(record, TuningRecord) else PROGRAMS


def row_of(record: TuningRecord | ProgramRecord) -> dict[str, object]:
    """The row that keeps a record, without its id.

    Raises:
        ValueError: the record is not one that could be read back.
    """
    body = encode(record)
    copied = {
        column.name: getattr(record, column.name)
        for column in table_of(record).columns
        if column.name not in ("id", "digest", "body")
    }
    return {**copied, "digest": digest(body), "body": body}
