"""Options that mean the same in every command that has them."""

from typing import Final

import click

from mlopt.core.licence import Precision

# "llvm-cpu" alone is tuned by this version; other names are refused by `targets`,
# which knows why.
DEFAULT_TARGET: Final = "llvm-cpu"


def _place(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


source_argument = click.argument("source", metavar="SRC")

target_option = click.option(
    "--target",
    default=DEFAULT_TARGET,
    show_default=True,
    help="What to compile for.",
)

constants_option = click.option(
    "--constant",
    "constants",
    multiple=True,
    metavar="ARG",
    callback=lambda ctx, param, places: tuple(map(_place, places)),
    help="Argument of a Python function, by name or position, whose example arrays "
    "become part of the program. May be repeated.",
)

precision_option = click.option(
    "--precision",
    type=click.Choice([precision.value for precision in Precision]),
    help="Let contractions multiply in this type. Needs --accuracy.",
)

accuracy_option = click.option(
    "--accuracy",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="ERROR",
    help="Largest relative error that the precision may bring, such as 0.02.",
)

database_option = click.option(
    "--db",
    metavar="PATH|URL",
    help="Record database: a path or an SQLAlchemy URL. Default: the user's own.",
)
