"""`mlopt bench`: compare search strategies on a table, and measure such a table."""

import sys
from pathlib import Path
from typing import Final

import click

_SEEDS: Final = 20
_PIPE_WIDTH: Final = 120
_MOST: Final = 1200
_TRAINING_MOST: Final = 200


@click.group()
def bench() -> None:
    """Compare search strategies on candidates that were all measured once."""


@bench.command()
@click.argument("table", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    metavar="NAME",
    help="May be repeated; without it, all that there are.",
)
@click.option("--seeds", type=click.IntRange(min=1), default=_SEEDS, show_default=True)
@click.option(
    "--no-experts", is_flag=True, help="Search without the traces that spaces advise."
)
@click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the scoreboard as JSON.",
)
def search(
    table: Path,
    *,
    strategies: tuple[str, ...],
    seeds: int,
    no_experts: bool,
    json_path: Path | None,
) -> None:
    """Let strategies search TABLE with equal budgets, and print how they did."""
    from rich.console import Console
    from rich.progress import track

    from mlopt.bench.tabular import files
    from mlopt.bench.tabular.scoreboard import standing
    from mlopt.bench.tabular.standings import print_standings, standings_to_json
    from mlopt.search.strategies import STRATEGIES

    loaded = files.read(table)
    names = strategies or tuple(sorted(STRATEGIES))
    console = Console(stderr=True)
    found = [
        standing(name, loaded, range(seeds), with_experts=not no_experts)
        for name in track(names, "searching", console=console, transient=True)
    ]
    # A pipe has no width; rich would assume one that breaks the table.
    out = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    print_standings(found, loaded, seeds, out)
    if json_path is not None:
        json_path.write_text(standings_to_json(found, loaded), encoding="utf-8")


@bench.command()
@click.argument("table", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--training",
    is_flag=True,
    help="The workloads to train on, with fewer traces each, in place of the table's.",
)
@click.option(
    "--only", default="*", show_default=True, metavar="GLOB", help="Workloads by name."
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Traces of a workload at most; default {_MOST}, to train on "
    f"{_TRAINING_MOST}.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/table"),
    show_default=True,
    help="Of what is measured on the way; the same command goes on there.",
)
def collect(
    table: Path,
    *,
    training: bool,
    only: str,
    most: int | None,
    seed: int,
    folder: Path,
) -> None:
    """Measure all traces of thinned spaces, and write them to TABLE.

    Takes hours. Nothing else should run meanwhile.
    """
    from rich.console import Console

    from mlopt.bench.tabular.making import make_table
    from mlopt.core.budget import Budget
    from mlopt.report.live import show_progress

    limit = most or (_TRAINING_MOST if training else _MOST)
    console = Console(stderr=True)
    with show_progress(console, Budget()) as progress:
        made = make_table(
            table,
            is_training=training,
            only=only,
            most=limit,
            seed=seed,
            folder=folder,
            progress=progress,
        )
    total = sum(len(each.results) for each in made.workloads)
    click.echo(f"{table}: {len(made.workloads)} workloads, {total} traces")
