"""`make bench-cpu`: operators and models beside every rival on the CPU.

    python -m mlopt.bench.cpu [--quick] [--fresh] [--only GLOB] [--seed N] [--out DIR]

Each program is tuned into the benchmark's own database and timed beside its rivals in
turns; models also beside other frameworks, where these are installed. Its outcome is
kept, so that a run that was interrupted goes on where it stopped. The whole takes hours
on two cores. Nothing else should run meanwhile.
"""

import fnmatch
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from mlopt import defaults
from mlopt.bench import outcomes
from mlopt.bench.board import goal_rows
from mlopt.bench.contest import hold_contest
from mlopt.bench.listing import listing_markdown, print_listing
from mlopt.bench.outcomes import Outcome
from mlopt.bench.peer_listing import peers_markdown, print_peers
from mlopt.bench.peers import standing
from mlopt.bench.plan import TurnPlan
from mlopt.bench.programs import Case
from mlopt.bench.setting import Setting
from mlopt.bench.suites import Entry, entries
from mlopt.bench.writing import Machine, Report, print_report, to_json_text, to_markdown
from mlopt.core.errors import InputError, MloptError
from mlopt.core.report import ProgramResult
from mlopt.driver.api import tune_ingested
from mlopt.driver.results import versions
from mlopt.frontend.files import ingest
from mlopt.frontend.ingest import Ingested
from mlopt.measure.client import MeasuringWorker
from mlopt.report.live import show_progress
from mlopt.targets.registry import find_target

_FULL: Final = TurnPlan(num_turns=40, min_sample_s=20e-3, watch_s=0.2)
_QUICK: Final = TurnPlan(num_turns=4, min_sample_s=1e-3, watch_s=0.02)
_PIPE_WIDTH: Final = 170


@click.command()
@click.option("--quick", is_flag=True, help="A few small programs: shows that it runs.")
@click.option("--fresh", is_flag=True, help="Forget what an earlier run found.")
@click.option(
    "--only",
    default="*",
    show_default=True,
    metavar="GLOB",
    help="Names of programs to measure; the tables show all that were.",
)
@click.option("--seed", type=int, default=defaults.SEED, show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="For bench-cpu.json, bench-cpu.md, outcomes and records.",
)
def main(quick: bool, fresh: bool, only: str, seed: int, out: Path) -> None:
    """Measure operators and models beside every rival on this machine."""
    folder = out / ("bench-cpu-quick" if quick else "bench-cpu")
    try:
        programs = entries(quick=quick)
        chosen = [each for each in programs if fnmatch.fnmatch(each.name, only)]
        if not chosen:
            raise InputError(f"no program's name matches {only!r}")
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        target = find_target()
        plan = _QUICK if quick else _FULL
        setting = Setting(target=target, folder=folder, plan=plan, seed=seed)
        measure(chosen, setting)
        found = known(programs, setting)
        report = Report(
            machine=Machine.of(target),
            versions={**versions(), **standing.versions()},
            seed=seed,
            is_quick=quick,
            rows=tuple(goal_rows(found, seed)),
        )
        Path(f"{folder}.json").write_text(to_json_text(report), encoding="utf-8")
        parts = (
            to_markdown(report),
            listing_markdown(found, seed),
            peers_markdown(found, seed),
        )
        markdown = "\n".join(filter(None, parts))
        Path(f"{folder}.md").write_text(markdown, encoding="utf-8")
    except (MloptError, OSError) as error:
        raise click.ClickException(str(error)) from error
    # A pipe has no width; rich would assume one that breaks the table.
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    print_listing(found, seed, console)
    print_peers(found, seed, console)
    print_report(report, console)


def measure(chosen: Sequence[Entry], setting: Setting) -> None:
    """Measure the programs that no earlier run has, and keep every outcome.

    A program that cannot be tuned or run has its sentence in place of times.
    """
    console = Console(stderr=True)
    for number, entry in enumerate(chosen, 1):
        identity = setting.identity(entry)
        if outcomes.load(setting.folder, entry.name, identity) is None:
            console.print(f"{number}/{len(chosen)} {entry.name}", highlight=False)
            outcome = _measured(entry, setting, console)
            outcomes.save(setting.folder, outcome, identity)


def known(programs: Sequence[Entry], setting: Setting) -> list[Outcome]:
    """What this run and earlier ones kept, in the order of the programs."""
    kept = (
        outcomes.load(setting.folder, each.name, setting.identity(each))
        for each in programs
    )
    return [outcome for outcome in kept if outcome is not None]


def _measured(entry: Entry, setting: Setting, console: Console) -> Outcome:
    try:
        ingested = ingest(entry.source, entry.constants)
        with show_progress(console, entry.budget) as progress:
            result = tune_ingested(
                ingested,
                target=setting.target,
                budget=entry.budget,
                seed=setting.seed,
                db=setting.db,
                licence=entry.licence,
                progress=progress,
            )
        return _beside_rivals(entry, ingested, result, setting)
    except MloptError as error:
        console.print(f"{entry.name}: {error}", highlight=False)
        return Outcome(
            name=entry.name,
            suite=entry.suite,
            family=entry.family,
            error=str(error).splitlines()[0],
        )


def _beside_rivals(
    entry: Entry, ingested: Ingested, result: ProgramResult, setting: Setting
) -> Outcome:
    from mlopt.bench.counting import count, work_of

    assert ingested.jaxpr is not None
    case = Case(
        name=entry.name,
        title=entry.name,
        source=entry.source,
        peer=outcomes.XLA,
        reduction_length=count(ingested.jaxpr).longest_sum,
        budget=entry.budget,
        is_kernel=False,
        constants=entry.constants,
        licence=entry.licence,
    )
    with MeasuringWorker() as measurer:
        limits = measurer.limits(setting.target.num_cores)
    times = hold_contest(
        case,
        ingested,
        setting.target,
        setting.db,
        setting.plan,
        invitation=setting.invitation(entry),
    )
    errors = times.max_relative_error
    return Outcome(
        name=entry.name,
        suite=entry.suite,
        family=entry.family,
        latency_us=times.latency_us,
        max_relative_error=errors[outcomes.TUNED],
        peer_errors={p: errors[p] for p in standing.Peer if p in errors},
        absent=times.absent,
        work=work_of(ingested.jaxpr),
        limits=limits,
        base=result.base_name,
        stock_best=result.stock_best_name,
        trials=result.trials,
        failed=sum(number for _, number in result.failures),
        num_workloads=len(result.workloads),
        num_changed=sum(1 for w in result.workloads if w.trace.decisions),
    )


if __name__ == "__main__":
    main()
