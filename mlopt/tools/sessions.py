"""The one door from the command line to the driver."""

import functools
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.errors import InputError
from mlopt.core.explanation import ProgramExplanation
from mlopt.core.report import ProgramResult
from mlopt.core.summary import RunSummary, Stage, StageSummary
from mlopt.paths import make_folder
from mlopt.report.explain_json import explanation_to_json_text
from mlopt.report.json_report import to_json_text
from mlopt.report.live import show_progress
from mlopt.tools.requests import ProgramRequest, TuneRequest

_STDOUT: Final = "-"


def load() -> None:
    """Import what the sessions below need, JAX among it: about a second."""
    importlib.import_module("mlopt.driver.api")


def tune(request: TuneRequest) -> ProgramResult | StageSummary:
    """Tune what was asked for, with live progress on stderr unless it is quiet.

    Raises:
        MloptError: what the user has to know, as one sentence.
        KeyboardInterrupt: Ctrl-C; finished trials are recorded.
    """
    # Wrong ones are refused, also where they are not needed.
    licence, goal = request.licence, request.goal
    if (stage := request.last_stage) is not None:
        return driver.preview(
            request.source,
            Stage(stage),
            target=request.target,
            constants=request.constants,
            space=request.space,
        )
    console = Console(stderr=True)
    if request.json_path is not None:
        make_folder(request.json_path.parent)  # now, not after minutes of search
    with show_progress(console, request.budget, quiet=request.quiet) as progress:
        result = driver.tune(
            request.source,
            target=request.target,
            constants=request.constants,
            budget=request.budget,
            strategy=request.strategy,
            seed=request.seed,
            db=request.db,
            space=request.space,
            licence=licence,
            goal=goal,
            export_dir=request.export_dir,
            on_schedule=_writer(request.schedule),
            progress=progress,
        )
    if request.json_path is not None:
        _write(str(request.json_path), to_json_text(result))
    return result


def _writer(path: str | None) -> Callable[[str], None] | None:
    """What takes the text of the schedules; None where nobody wants it.

    Raises:
        InputError: it could not be written; said now, not after minutes of search.
    """
    if path is None:
        return None
    if path != _STDOUT and (Path(path).is_dir() or not Path(path).parent.is_dir()):
        raise InputError(f"{path} cannot be written: no such folder, or it is one")

    return functools.partial(_write, path)


def _write(path: str, text: str) -> None:
    try:
        with click.open_file(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def run(request: ProgramRequest) -> RunSummary:
    """Compile a source with the records there are and run it once.

    Raises:
        MloptError: what the user has to know, as one sentence.
    """
    return driver.run(
        request.source,
        target=request.target,
        constants=request.constants,
        licence=request.licence,
        goal=request.goal,
        db=request.db,
    )


def explain(
    request: ProgramRequest, *, quiet: bool, json_path: Path | None = None
) -> ProgramExplanation:
    """What each decision about a source bought, with progress on stderr.

    Args:
        json_path: where it is written too; None is nowhere.

    Raises:
        MloptError: what the user has to know, as one sentence.
    """
    console = Console(stderr=True)
    if json_path is not None:
        make_folder(json_path.parent)  # now, not after all was measured
    with show_progress(console, Budget(), quiet=quiet) as progress:
        explanation = driver.explain(
            request.source,
            target=request.target,
            constants=request.constants,
            licence=request.licence,
            goal=request.goal,
            db=request.db,
            progress=progress,
        )
    if json_path is not None:
        _write(str(json_path), explanation_to_json_text(explanation))
    return explanation
