"""`mlopt doctor`: what is installed, which targets work here, what to do about it."""

import click

from mlopt.tools.exits import FAILED, verbose_option
from mlopt.tools.options import database_option


@click.command()
@database_option
@verbose_option
@click.pass_context
def doctor(ctx: click.Context, db: str | None) -> None:
    """Check what is installed and which targets work here.

    Exits with 1 when programs cannot be compiled and run for this CPU.
    """
    from mlopt.targets import diagnosis
    from mlopt.tools import printing, stored

    printing.print_versions()
    printing.print_machine()
    checks = diagnosis.check_targets()
    printing.print_checks(checks)
    click.echo(f"\nrecords: {stored.state(db)}")
    if not checks[0].works:
        ctx.exit(FAILED)
