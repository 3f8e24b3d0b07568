"""The schema is frozen: what version 1 wrote is read by version 1, byte for byte.

A change here needs a new SCHEMA_VERSION, and a new golden beside the old one.
"""

from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from mlopt.records import Database
from mlopt.records.schema import METADATA, SCHEMA_VERSION

HERE = Path(__file__).parent


def statements(dialect) -> str:
    """Every CREATE of the schema, as `dialect` gets it."""
    creates = []
    for table in METADATA.sorted_tables:
        creates.append(CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            creates.append(CreateIndex(index).compile(dialect=dialect))
    lines = "\n".join(f"{str(create).strip()};" for create in creates).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def test_exported_records_of_this_schema_come_back_as_the_same_bytes(tmp_path):
    golden = HERE / f"schema_{SCHEMA_VERSION}.jsonl"
    with Database.open(tmp_path / "r.db") as database:
        assert database.import_jsonl(golden) == 4
        database.export_jsonl(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == golden.read_bytes()


def test_the_tables_of_this_schema_have_not_changed(update_golden):
    golden = HERE / f"schema_{SCHEMA_VERSION}.sql"
    got = "".join(
        f"-- {name}\n{statements(dialect)}"
        for name, dialect in (
            ("SQLite", sqlite.dialect()),
            ("PostgreSQL", postgresql.dialect()),
        )
    )
    if update_golden:
        golden.write_text(got)
    assert got == golden.read_text()
