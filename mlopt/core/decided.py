"""A schedule that was chosen, with what it takes to say so in the mlopt dialect."""

from dataclasses import dataclass

from mlopt.core.candidate import Trace
from mlopt.core.template import SpaceTemplate
from mlopt.core.workload import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A schedule, the workload it is for, and where its number came from.

    Attributes:
        speedup: over the compiler's own choice.
    """

    workload: Workload
    trace: Trace
    template: SpaceTemplate
    speedup: float
    provenance: str
