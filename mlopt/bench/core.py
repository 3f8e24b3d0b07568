"""`make bench-core`: measure the numbers of README and write them down.

    python -m mlopt.bench.core [--quick] [--fresh] [--seed N] [--out DIR]

Tunes three programs into a database of its own, times each beside its peers, and adds
what mlopt itself costs. Nothing else should run meanwhile.
"""

import shutil
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from mlopt import defaults
from mlopt.bench import imports, rows, searches
from mlopt.bench.contest import ONE_THREAD, hold_contest, quiet_environment
from mlopt.bench.plan import TurnPlan
from mlopt.bench.programs import Case, cases
from mlopt.bench.rows import Goal, Row, Unit
from mlopt.bench.writing import Machine, Report, print_report, to_json_text, to_markdown
from mlopt.core.errors import MloptError
from mlopt.core.target import Target
from mlopt.driver.results import versions
from mlopt.frontend.files import ingest
from mlopt.isolation import Worker
from mlopt.report.live import show_progress
from mlopt.targets.registry import find_target

_FASTER_THAN_DEFAULT: Final = Goal(limit=1.25)
_NOT_BEHIND: Final = Goal(limit=1.0)
_SHARE_OF_SGEMM: Final = Goal(limit=0.95)
_TRIALS_PER_SECOND: Final = Goal(limit=2.0)
_CALL_COST: Final = Goal(limit=3.0, is_upper=True)
_IMPORT_SECONDS: Final = Goal(limit=0.3, is_upper=True)

_PIPE_WIDTH: Final = 140
_CALLS_JOB: Final = "mlopt.bench.jobs:time_warm_calls"
_CALLS_TIMEOUT_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured.

    Attributes:
        contest: of programs beside their peers.
        call_turns, calls_per_block: of warm calls.
        import_runs: of fresh interpreters.
    """

    contest: TurnPlan
    call_turns: int
    calls_per_block: int
    import_runs: int


_FULL: Final = Effort(
    contest=TurnPlan(num_turns=80, min_sample_s=60e-3, watch_s=0.4),
    call_turns=40,
    calls_per_block=1000,
    import_runs=10,
)
_QUICK: Final = Effort(
    contest=TurnPlan(num_turns=4, min_sample_s=1e-3, watch_s=0.05),
    call_turns=4,
    calls_per_block=100,
    import_runs=2,
)


@click.command()
@click.option("--quick", is_flag=True, help="Small stand-ins: only shows that it runs.")
@click.option("--fresh", is_flag=True, help="Forget what an earlier run found.")
@click.option("--seed", type=int, default=defaults.SEED, show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="For bench-core.json, bench-core.md and records; a quick run's have a name "
    "of their own.",
)
def main(quick: bool, fresh: bool, seed: int, out: Path) -> None:
    """Measure the numbers of README on this machine."""
    folder = out / ("bench-core-quick" if quick else "bench-core")
    try:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        report = measure(folder, seed=seed, quick=quick)
        Path(f"{folder}.json").write_text(to_json_text(report), encoding="utf-8")
        Path(f"{folder}.md").write_text(to_markdown(report), encoding="utf-8")
    except (MloptError, OSError) as error:
        raise click.ClickException(str(error)) from error
    # A pipe has no width; rich would assume one that breaks the table.
    print_report(report, Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH))


def measure(folder: Path, *, seed: int, quick: bool) -> Report:
    """Everything, in the order of the table.

    Args:
        folder: of the benchmark's records; what is in there is used.

    Raises:
        MloptError: a program cannot be tuned, built or run, or gives wrong results.
    """
    target = find_target()
    effort = _QUICK if quick else _FULL
    found: list[Row] = []
    for case in cases(quick=quick):
        found += _case_rows(case, target, folder, effort, seed)
    found.append(_call_row(target, folder, effort, seed))
    costs = imports.measure_imports(effort.import_runs)
    found += [
        rows.import_row(program, costs, _IMPORT_SECONDS)
        for program in (imports.IMPORT, imports.HELP)
    ]
    return Report(
        machine=Machine.of(target),
        versions=versions(),
        seed=seed,
        is_quick=quick,
        rows=tuple(found),
    )


def _case_rows(
    case: Case, target: Target, folder: Path, effort: Effort, seed: int
) -> list[Row]:
    """A program against each baseline; for a kernel the speed of its search too."""
    console = Console(stderr=True)
    console.print(f"{case.title}: tuning, then timing", highlight=False)
    ingested = ingest(case.source)
    with show_progress(console, case.budget) as progress:
        search = searches.search(
            case, ingested, target, folder, seed=seed, progress=progress
        )
    db = str(searches.database(folder))
    times = hold_contest(case, ingested, target, db, effort.contest)
    goals = {
        "default": None if case.is_kernel else _FASTER_THAN_DEFAULT,
        "stock-best": None,
        "jax.jit": _NOT_BEHIND,
        "numpy": _SHARE_OF_SGEMM,
    }
    found = [
        rows.contest_row(case, times, name, seed=seed, goal=goals[name])
        for name in ("default", "stock-best", case.peer)
    ]
    if case.is_kernel:
        alone = hold_contest(
            case, ingested, target, db, effort.contest, course=ONE_THREAD
        )
        found.append(rows.one_thread_row(case, alone, seed=seed))
    if case.is_kernel and search is not None:
        what = f"{case.title}, trials measured"
        row = rows.search_row(f"{case.name}/search", what, search, _TRIALS_PER_SECOND)
        found.append(row)
    return found


def _call_row(target: Target, folder: Path, effort: Effort, seed: int) -> Row:
    with closing(
        Worker(name="calls", env=quiet_environment(target.num_cores))
    ) as worker:
        times = worker.call(
            _CALLS_JOB,
            str(searches.database(folder)),
            effort.call_turns,
            effort.calls_per_block,
            timeout_s=_CALLS_TIMEOUT_S,
        )
    assert isinstance(times, dict)
    return rows.ratio_row(
        "warm_call",
        "warm `@mlopt.jit` call, 4 floats + 4 floats",
        times,
        ours="mlopt.jit",
        against="jax.jit",
        unit=Unit.COST,
        seed=seed,
        goal=_CALL_COST,
    )


if __name__ == "__main__":
    main()
