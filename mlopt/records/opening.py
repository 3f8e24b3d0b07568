"""Is this a record database, of a schema we know? If it is empty, make it one."""

from sqlalchemy import Connection, Engine, insert, inspect, select

from mlopt.core.errors import RecordError, RecordVersionError
from mlopt.records.engine import transact, use_write_ahead_log
from mlopt.records.schema import METADATA, SCHEMA_VERSION, VERSION


def create_or_check(engine: Engine, where: str, lock_timeout_s: float) -> None:
    """Create the tables in an empty database; check the version of any other.

    A database that is there is only read, so a read-only one can be looked up.

    Raises:
        RecordError: an SQLite file that belongs to something else.
        RecordVersionError: a schema this version does not know.
        SQLAlchemyError: the database refused.
    """
    is_there = transact(
        engine,
        lambda connection: _is_there(connection, where),
        writes=False,
        lock_timeout_s=lock_timeout_s,
    )
    if is_there:
        return
    transact(
        engine,
        lambda connection: _create(connection, where),
        writes=True,
        lock_timeout_s=lock_timeout_s,
    )
    use_write_ahead_log(engine, lock_timeout_s)


def check_version(version: object, where: str) -> None:
    """Refuse any schema but our own.

    Raises:
        RecordVersionError: saying which side is newer and what to do.
    """
    if version == SCHEMA_VERSION:
        return
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise RecordVersionError(
            f"{where} was written by a newer mlopt (schema {version}, this one knows "
            f"{SCHEMA_VERSION}): upgrade mlopt or name another"
        )
    raise RecordVersionError(
        f"{where} has the unknown schema {version} (this mlopt knows "
        f"{SCHEMA_VERSION}): name another"
    )


def _is_there(connection: Connection, where: str) -> bool:
    tables = inspect(connection).get_table_names()
    if VERSION.name not in tables:
        # Other tables may share a server's schema, but not a file that was mistaken.
        if tables and connection.dialect.name == "sqlite":
            raise RecordError(f"{where} is another program's database: name another")
        return False
    versions = connection.execute(select(VERSION.c.version)).scalars().all()
    check_version(max(versions, default=0), where)
    return True


def _create(connection: Connection, where: str) -> None:
    # Another process may have been faster since we looked.
    if _is_there(connection, where):
        return
    METADATA.create_all(connection)
    connection.execute(insert(VERSION).values(id=1, version=SCHEMA_VERSION))
