"""`mlopt run SRC`: compile with the records there are, call once, say what came out."""

from typing import Any

import click

from mlopt.tools import interrupts
from mlopt.tools.exits import verbose_option
from mlopt.tools.options import program_options
from mlopt.tools.requests import ProgramRequest


@click.command()
@program_options
@verbose_option
def run(**flags: Any) -> None:
    """Compile SRC with what was learnt about it, and run it.

    A FILE.py:NAME source is called with its example arguments, a file with random
    ones.
    """
    with interrupts.held():
        from mlopt.tools import printing, sessions

        sessions.load()
    printing.print_run(sessions.run(ProgramRequest(**flags)))
