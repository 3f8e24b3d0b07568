"""`mlopt records ...`: look at what was learnt, carry it elsewhere, unite it."""

from pathlib import Path

import click

from mlopt.tools.exits import verbose_option
from mlopt.tools.options import database_option


@click.group()
def records() -> None:
    """Look at tuning records, carry them elsewhere, unite them."""


@records.command("list")
@click.option("--workload", metavar="HASH", help="Only this workload; a prefix does.")
@database_option
@verbose_option
def list_records(workload: str | None, db: str | None) -> None:
    """List what was tuned: one line a workload, target and compiler."""
    from mlopt.tools import printing, stored

    printing.print_summaries(stored.summaries(db, workload or ""))


@records.command("show")
@click.argument("workload", metavar="HASH")
@database_option
@verbose_option
def show_records(workload: str, db: str | None) -> None:
    """Show all records of one workload: what was decided and what it gave.

    A prefix of HASH is enough where it names one workload.
    """
    from mlopt.tools import printing, stored

    printing.print_records(stored.records_of(db, workload))


@records.command("export")
@click.argument("path", metavar="FILE.jsonl", type=click.Path(path_type=Path))
@database_option
@verbose_option
def export_records(path: Path, db: str | None) -> None:
    """Write all records to FILE.jsonl, `-` for stdout, as JSON lines."""
    from mlopt.tools import stored

    if path == Path("-"):
        for line in stored.lines(db):
            click.echo(line, nl=False)
        return
    click.echo(f"exported {stored.export(db, path)} records to {path}")


@records.command("import")
@click.argument("path", metavar="FILE.jsonl", type=click.Path(path_type=Path))
@database_option
@verbose_option
def import_records(path: Path, db: str | None) -> None:
    """Add the records of FILE.jsonl, all or none."""
    from mlopt.tools import stored

    click.echo(f"imported {stored.import_from(db, path)} new records")


@records.command("merge")
@click.argument("other", metavar="OTHER_DB")
@database_option
@verbose_option
def merge_records(other: str, db: str | None) -> None:
    """Add all records of OTHER_DB, a path or an SQLAlchemy URL."""
    from mlopt.tools import stored

    click.echo(f"merged {stored.merge(db, other)} new records")
