"""Which programs qualify by their peak memory, and which of them is taken."""

from collections.abc import Mapping, Sequence

from mlopt import defaults
from mlopt.core.errors import MeasureError, MemoryCapError
from mlopt.core.objective import Goal, Objective
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.workbench import Workbench
from mlopt.report.numbers import size


def peaks_of(workbench: Workbench, paths: Mapping[str, str]) -> dict[str, int]:
    """Peak device bytes of programs, by name; without those that cannot be counted.

    Raises:
        MeasureError: that is all of them.
    """
    measure = workbench.measurer.peak_memory_bytes
    found = {name: measure(PROGRAM_KEY, path) for name, path in paths.items()}
    peaks = {name: peak for name, peak in found.items() if peak is not None}
    if not peaks:
        raise MeasureError(
            "peak memory cannot be counted here: IREE's tools report none, so nothing "
            "can be tuned for it"
        )
    return peaks


def qualifying(goal: Goal, peaks: Mapping[str, int], name: str) -> list[str]:
    """Programs that meet the cap and, where memory is the objective, take the least.

    Peaks within 1% of the least count as equal to it.

    Args:
        peaks: bytes by name; not empty.
        name: of the program that they are builds of, for the sentence.

    Raises:
        MemoryCapError: none meets the cap.
    """
    least = min(peaks, key=lambda each: peaks[each])
    cap = goal.memory_cap_bytes
    if cap is not None and peaks[least] > cap:
        raise MemoryCapError(
            f"no program of {name} takes {size(cap)} ({cap} bytes) or less: the "
            f"smallest peak found is {size(peaks[least])} ({peaks[least]} bytes), "
            f'built on "{least}"; allow that much',
            smallest_bytes=peaks[least],
        )
    limit = float("inf") if cap is None else float(cap)
    if goal.objective is Objective.MEMORY:
        limit = min(limit, defaults.MEMORY_TIE * peaks[least])
    return [each for each, peak in peaks.items() if peak <= limit]


def choose(
    goal: Goal, ranking: Sequence[str], peaks: Mapping[str, int], name: str
) -> str:
    """The fastest of those that qualify.

    Args:
        ranking: programs whose results are right, the fastest first.
        peaks: bytes by name; a program without is not taken.

    Raises:
        MemoryCapError: none meets the cap.
    """
    right = {each: peaks[each] for each in ranking if each in peaks}
    allowed = set(qualifying(goal, right, name))
    return next(each for each in ranking if each in allowed)
