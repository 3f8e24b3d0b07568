"""`mlopt explain SRC`: switch every decision off in turn and say what it bought."""

from typing import Any

import click

from mlopt.tools import interrupts
from mlopt.tools.exits import verbose_option
from mlopt.tools.options import program_options, quiet_option
from mlopt.tools.requests import ProgramRequest


@click.command()
@program_options
@quiet_option
@verbose_option
def explain(*, quiet: bool, **flags: Any) -> None:
    """Say what was chosen for SRC, and what each decision bought.

    SRC is built as its records say, and built again without each decision: each
    schedule, the compiler's options, the precision, the constants. All of these
    programs are timed in turns.
    """
    with interrupts.held():
        from mlopt.tools import printing, sessions

        sessions.load()
    explanation = sessions.explain(ProgramRequest(**flags), quiet=quiet)
    printing.print_explanation(explanation)
