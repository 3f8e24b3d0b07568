"""`mlopt explain SRC`: switch every decision off in turn and say what it bought."""

from pathlib import Path
from typing import Any

import click

from mlopt.tools import interrupts
from mlopt.tools.exits import verbose_option
from mlopt.tools.options import json_option, program_options, quiet_option
from mlopt.tools.requests import ProgramRequest


@click.command()
@program_options
@json_option
@quiet_option
@verbose_option
def explain(*, json_path: Path | None, quiet: bool, **flags: Any) -> None:
    """Say what was chosen for SRC, and what each decision bought.

    SRC is built as its records say, and built again without each decision: each
    schedule, the compiler's options, rewrites, pruning, the precision, the constants.
    All of these programs are timed in turns, and the memory of SRC is taken apart,
    buffer by buffer.
    """
    with interrupts.held():
        from mlopt.tools import printing, sessions

        sessions.load()
    request = ProgramRequest(**flags)
    explanation = sessions.explain(request, quiet=quiet, json_path=json_path)
    printing.print_explanation(explanation)
