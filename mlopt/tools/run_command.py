"""`mlopt run SRC`: compile with the records there are, call once, say what came out."""

import click

from mlopt.core.licence import Licence
from mlopt.tools import interrupts
from mlopt.tools.exits import verbose_option
from mlopt.tools.options import (
    accuracy_option,
    constants_option,
    database_option,
    precision_option,
    source_argument,
    target_option,
)


@click.command()
@source_argument
@target_option
@constants_option
@precision_option
@accuracy_option
@database_option
@verbose_option
def run(
    *,
    source: str,
    target: str,
    constants: tuple[int | str, ...],
    precision: str | None,
    accuracy: float | None,
    db: str | None,
) -> None:
    """Compile SRC with what was learnt about it, and run it.

    A FILE.py:NAME source is called with its example arguments, a file with random
    ones.
    """
    with interrupts.held():
        from mlopt.tools import printing, sessions

        sessions.load()
    licence = Licence.of(precision, accuracy)
    summary = sessions.run(
        source, target=target, constants=constants, licence=licence, db=db
    )
    printing.print_run(summary)
