"""From the suite to a finished table."""

import fnmatch
from pathlib import Path
from typing import Final

from mlopt.bench.tabular import files
from mlopt.bench.tabular.collecting import Request, collect, gather
from mlopt.bench.tabular.suite import TABLED, TRAINING
from mlopt.bench.tabular.table import Origin, Table
from mlopt.bench.writing import Machine
from mlopt.core.errors import InputError
from mlopt.driver.results import versions
from mlopt.driver.workbench import Workbench
from mlopt.report.progress import Progress
from mlopt.targets.registry import find_target

_SUITE: Final = Path(__file__).with_name("suite.py")


def make_table(
    path: Path,
    *,
    is_training: bool,
    only: str,
    most: int,
    seed: int,
    folder: Path,
    progress: Progress,
) -> Table:
    """Collect what is missing, and write the table.

    Args:
        is_training: the workloads to train on in place of the table's.
        only: a pattern of their names.
        most: traces of one workload at most.
        folder: of what is under way.

    Raises:
        InputError: no name matches, or what is under way was measured otherwise.
        MloptError: a program does not run.
    """
    programs = TRAINING if is_training else TABLED
    chosen = {n: p for n, p in programs.items() if fnmatch.fnmatch(n, only)}
    if not chosen:
        raise InputError(f"no workload's name matches {only!r}")
    target = find_target()
    with Workbench(target) as workbench:
        origin = Origin(
            target=target,
            machine=str(Machine.of(target)),
            versions=tuple(versions().items()),
            spaces=tuple(sorted(workbench.spaces.keys)),
            most=most,
            seed=seed,
        )
        for name, program in chosen.items():
            source = f"{_SUITE}:{name}"
            request = Request(name=name, family=program.family, source=source)
            _ = collect(request, origin, workbench, folder, progress)
    table = gather(folder, list(chosen), origin)
    files.write(table, path)
    return table
