"""`mlopt tune SRC`: search, measure, print the table, save the schedule."""

from pathlib import Path
from typing import Any, Final

import click

from mlopt import defaults
from mlopt.core.summary import Stage
from mlopt.tools import interrupts
from mlopt.tools.exits import verbose_option
from mlopt.tools.options import json_option, program_options, quiet_option
from mlopt.tools.requests import TuneRequest

_KEPT: Final = (
    "interrupted; every finished trial is in the record database, "
    "and the same command resumes"
)


@click.command()
@program_options
@click.option(
    "--trials",
    type=click.IntRange(min=0),
    metavar="N",
    help="Stop after N candidates, over all workloads together.",
)
@click.option(
    "--time-budget",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Stop after that long; the final comparison comes on top.",
)
@click.option(
    "--strategy",
    type=click.Choice(["random", "evolution"]),
    default=defaults.STRATEGY,
    show_default=True,
    help="How candidates are chosen.",
)
@click.option(
    "--seed", type=int, default=defaults.SEED, show_default=True, help="Of the search."
)
@click.option(
    "--space",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Search the spaces of this .mlir file, in place of mlopt's for their kinds.",
)
@click.option(
    "--export",
    "export_dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a schedule there that a stock iree-compile replays.",
)
@click.option(
    "--schedule",
    metavar="FILE",
    help="Write what was chosen in the mlopt dialect, for mlopt-opt; '-' is stdout.",
)
@json_option
@quiet_option
@click.option("--dry-run", is_flag=True, help="Only say what would be tuned.")
@click.option(
    "--stop-after",
    type=click.Choice([stage.value for stage in Stage]),
    help="Stop after that stage and show what there is.",
)
@verbose_option
def tune(**flags: Any) -> None:
    """Tune SRC and print what was gained, measured.

    SRC is FILE.py:NAME, where NAME is a function that returns (callable,
    example_args), or an .mlir, .mlirbc or jax.export file.

    Without --trials and --time-budget the default budget is spent.
    """
    request = TuneRequest(**flags)
    try:
        with interrupts.held():
            from mlopt.tools import printing, sessions

            sessions.load()
        result = sessions.tune(request)
    except KeyboardInterrupt:
        raise click.Abort(_KEPT) from None
    printing.print_result(result, to_stderr=request.schedule == "-")
