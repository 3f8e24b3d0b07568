"""Which schedules are offered for a workload on a target.

A workload gets the spaces of its kind, several alternatives perhaps, and expert traces
to start from. Spaces are files (transforms/spaces/, or a user's own); no compiler is
needed to know legality.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mlopt.core.candidate import Space, Trace
from mlopt.core.target import Target
from mlopt.core.template import SpaceTemplate
from mlopt.core.workload import Workload
from mlopt.dialect.elaboration import Elaborated, elaborate
from mlopt.dialect.facts import facts_of

_log: Final = logging.getLogger(__name__)
_ANY: Final = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceSet:
    """The alternatives for one workload.

    Attributes:
        spaces: empty when the workload is left to the compiler.
        seeds: legal traces worth trying first, best guess first.
    """

    spaces: tuple[Space, ...]
    seeds: tuple[Trace, ...]


def spaces_for(
    workload: Workload, target: Target, templates: Sequence[SpaceTemplate]
) -> SpaceSet:
    """Spaces and expert traces for a workload; empty where no op can be scheduled.

    Raises:
        InputError: a space computes what cannot be computed.
    """
    offers = elaborate_all(workload, target, templates)
    return SpaceSet(
        spaces=tuple(offer.space for offer in offers),
        seeds=tuple(seed for offer in offers for seed in offer.experts),
    )


def elaborate_all(
    workload: Workload, target: Target, templates: Sequence[SpaceTemplate]
) -> list[Elaborated]:
    """The spaces that fit a workload and leave something to choose, in their order.

    Raises:
        InputError: a space computes what cannot be computed.
    """
    op = workload.root_op
    if op is None or any(extent <= 0 for extent in op.extents):
        return []
    facts = facts_of(workload, target)
    found = []
    for template in templates:
        if template.kind not in (workload.kind, _ANY) or template.target != target.kind:
            continue
        offer = elaborate(template, facts)
        if isinstance(offer, str):
            _log.debug("%s is not for %s: %s", template.name, workload.name, offer)
        elif offer.space.knobs:
            found.append(offer)
    return found
