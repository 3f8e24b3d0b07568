"""Time programs in turns, when one of them may kill the worker or not end.

A candidate that ran alone may still crash in its program; it must not take the
comparison, and with it the run, down.
"""

from collections.abc import Mapping

from mlopt.core.measurement import Failure, FailureStatus
from mlopt.driver.workbench import Workbench
from mlopt.isolation import WorkerFault, WorkerTimeout
from mlopt.measure.plan import Comparison, Contender


def compare_in_turns(
    workbench: Workbench, key: str, contenders: Mapping[str, Contender], num_turns: int
) -> Comparison:
    """As the measuring worker's `compare_many`; a fatal program is a failure too.

    Args:
        key: of the baseline that all of them are judged by.

    Raises:
        MloptError: the baseline cannot be prepared again after a death, or programs
            that run alone kill the worker together.
    """
    measurer = workbench.measurer
    try:
        return measurer.compare_many(key, contenders, num_turns)
    except WorkerFault:
        fatal = _fatal(workbench, key, contenders)
    if not fatal:  # the death was not theirs, such as a kill from outside
        return measurer.compare_many(key, contenders, num_turns)
    sound = {name: each for name, each in contenders.items() if name not in fatal}
    comparison = measurer.compare_many(key, sound, num_turns)
    return Comparison(
        latency_us=comparison.latency_us,
        max_relative_error=comparison.max_relative_error,
        failures={**comparison.failures, **fatal},
    )


def _fatal(
    workbench: Workbench, key: str, contenders: Mapping[str, Contender]
) -> dict[str, Failure]:
    """The programs that end the worker when they run alone."""
    fatal = {}
    for name, contender in contenders.items():
        try:
            workbench.measurer.compare_many(key, {name: contender}, 1)
        except WorkerFault as fault:
            is_late = isinstance(fault, WorkerTimeout)
            fatal[name] = Failure(
                status=FailureStatus.RUN_TIMEOUT
                if is_late
                else FailureStatus.RUN_CRASH,
                detail=str(fault),
                diagnostics=fault.output,
            )
    return fatal
