"""Options that mean the same in every command that has them."""

from pathlib import Path
from typing import Final

import click

from mlopt.core.licence import Precision
from mlopt.core.objective import Objective
from mlopt.tools.exits import Function

# "llvm-cpu" alone is tuned by this version; other names are refused by `targets`,
# which knows why.
DEFAULT_TARGET: Final = "llvm-cpu"


def _place(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


_source_argument: Final = click.argument("source", metavar="SRC")

_target_option: Final = click.option(
    "--target",
    default=DEFAULT_TARGET,
    show_default=True,
    help="What to compile for.",
)

_constants_option: Final = click.option(
    "--constant",
    "constants",
    multiple=True,
    metavar="ARG",
    callback=lambda ctx, param, places: tuple(map(_place, places)),
    help="Argument of a Python function, by name or position, whose example arrays "
    "become part of the program. May be repeated.",
)

_precision_option: Final = click.option(
    "--precision",
    type=click.Choice([precision.value for precision in Precision]),
    help="Let contractions multiply in this type. Needs --accuracy.",
)

_accuracy_option: Final = click.option(
    "--accuracy",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="ERROR",
    help="Largest relative error that the precision may bring, such as 0.02.",
)

_pruning_option: Final = click.option(
    "--pruning",
    is_flag=True,
    help="Let matrix products skip whole blocks of zeros in constants; results may "
    "differ where inputs are infinite or NaN. Needs --constant.",
)

_objective_option: Final = click.option(
    "--objective",
    type=click.Choice([objective.value for objective in Objective]),
    default=Objective.LATENCY.value,
    show_default=True,
    help="What is minimised; memory is peak memory, then latency.",
)

_memory_cap_option: Final = click.option(
    "--memory-cap",
    metavar="BYTES",
    help="Peak memory at most, such as 30MiB or 1500000.",
)

database_option: Final = click.option(
    "--db",
    metavar="PATH|URL",
    help="Record database: a path or an SQLAlchemy URL. Default: the user's own.",
)

json_option: Final = click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the result as JSON.",
)

quiet_option: Final = click.option(
    "--quiet", "-q", is_flag=True, help="No live progress."
)


def program_options(function: Function) -> Function:
    """Add SRC and what else says which program is meant: see `ProgramRequest`."""
    for option in (
        database_option,
        _memory_cap_option,
        _objective_option,
        _pruning_option,
        _accuracy_option,
        _precision_option,
        _constants_option,
        _target_option,
        _source_argument,
    ):
        function = option(function)
    return function
