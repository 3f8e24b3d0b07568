"""What a licence decides: which programs are accurate enough, which records count."""

import dataclasses
import logging
from typing import Final

from mlopt.core.errors import AccuracyError
from mlopt.core.licence import Licence, Rewrite
from mlopt.core.measurement import FailureStatus
from mlopt.core.objective import FASTEST, Goal
from mlopt.core.record import ProgramRecord
from mlopt.driver.forms.bases import Bases
from mlopt.driver.programs import LoadedProgram
from mlopt.targets.cpu_options import (
    is_pruned,
    option_sets,
    precision_rewrite_of,
    rewrites_of,
)

_logger: Final = logging.getLogger("mlopt")
NO_LICENCE: Final = "reassociation only"
_WINOGRAD: Final = "reassociation and Winograd's algorithm only"


def check_accuracy(loaded: LoadedProgram, bases: Bases) -> None:
    """Some program of the precision asked for must be as accurate as was asked for.

    Raises:
        AccuracyError: all that ran are off by more.
    """
    licence = loaded.licence
    if licence is None or licence.precision is None:
        return
    licensed = set(filter(precision_rewrite_of, loaded.option_sets))
    if licensed & set(bases.paths):
        return
    failures = [f for name, f in bases.failures.items() if name in licensed]
    wrong = [f for f in failures if f.status is FailureStatus.WRONG_RESULT]
    if not wrong:
        return  # it does not compile, which the report notes
    raise AccuracyError(
        f"{loaded.program.name} in {licence.precision} is not within "
        f"{licence.accuracy:g} (relative): {wrong[0].detail}; allow more, or tune it "
        "without a precision"
    )


def is_usable(
    record: ProgramRecord, licence: Licence | None, goal: Goal = FASTEST
) -> bool:
    """Whether a program may be built as a record says.

    Not when an mlopt with other option sets wrote it, or when it is less accurate than
    the licence demands.
    """
    names = option_sets(licence, saves_memory=goal.concerns_memory)
    if record.base_name not in names or record.objective != str(goal):
        return False
    if licence is None or licence.precision is None:
        return True
    if record.max_relative_error <= licence.accuracy:
        return True
    _logger.warning(
        "what was tuned in %s is off by %.2g (relative), and %g is allowed: it is not "
        "used",
        licence.precision,
        record.max_relative_error,
        licence.accuracy,
    )
    return False


def used_licence(base: str, licence: Licence | None) -> str:
    """In words, what a program built on an option set does to the numbers."""
    unasked = _WINOGRAD if Rewrite.WINOGRAD in rewrites_of(base) else NO_LICENCE
    if licence is None:
        return unasked
    used = dataclasses.replace(
        licence,
        precision=licence.precision if precision_rewrite_of(base) else None,
        pruning=is_pruned(base),
    )
    return str(used) or unasked


def licence_notes(loaded: LoadedProgram) -> tuple[str, ...]:
    """What a reader must know of a licence that could not be used."""
    licence = loaded.licence
    if licence is None or not licence.pruning:
        return ()
    if loaded.rewrites.module((Rewrite.PRUNED,)) is not None:
        return ()
    return (
        "nothing was pruned: no product has a constant operand with enough blocks, "
        "rows or columns of zeros",
    )
