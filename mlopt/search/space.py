"""Which schedules are offered for a workload on a target.

A workload gets several alternative spaces (configured, scripted) and a few expert
traces to start from. Imports core only; no compiler is needed to know legality.
"""

from dataclasses import dataclass

from mlopt.core.candidate import Space, Trace
from mlopt.core.target import Target
from mlopt.core.workload import Workload, WorkloadKind
from mlopt.search.spaces import configured, convolution, packed

# Changes whenever a knob changes its meaning, so that old records are not reused.
SPACE_VERSION = "cpu-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceSet:
    """The alternatives for one workload.

    Attributes:
        spaces: empty when the workload is left to the compiler.
        seeds: legal traces worth trying first, best guess first.
    """

    spaces: tuple[Space, ...]
    seeds: tuple[Trace, ...]


def spaces_for(workload: Workload, target: Target) -> SpaceSet:
    """Spaces and expert traces for a workload; empty where no op can be scheduled."""
    if workload.root is None:
        return SpaceSet(spaces=(), seeds=())
    offers = []
    if workload.kind is WorkloadKind.CONVOLUTION:
        offers.append(convolution.offer(workload, target))
    else:
        offers.append(packed.offer(workload, target))
        offers.append(configured.offer(workload, target))
    present = [offer for offer in offers if offer is not None]
    return SpaceSet(
        spaces=tuple(space for space, _ in present),
        seeds=_legal(tuple((s, seed) for s, seeds in present for seed in seeds)),
    )


def _legal(pairs: tuple[tuple[Space, Trace], ...]) -> tuple[Trace, ...]:
    kept = []
    for space, trace in pairs:
        decisions = dict(trace.decisions)
        known = all(decisions[k.name] in k.values for k in space.knobs)
        if known and space.violation(decisions) is None and trace not in kept:
            kept.append(trace)
    return tuple(kept)
