"""Options that mean the same in every command that has them."""

from typing import Final

import click

# "llvm-cpu" alone is tuned by this version; other names are refused by `targets`,
# which knows why.
DEFAULT_TARGET: Final = "llvm-cpu"

source_argument = click.argument("source", metavar="SRC")

target_option = click.option(
    "--target",
    default=DEFAULT_TARGET,
    show_default=True,
    help="What to compile for.",
)

database_option = click.option(
    "--db",
    metavar="PATH|URL",
    help="Record database: a path or an SQLAlchemy URL. Default: the user's own.",
)
