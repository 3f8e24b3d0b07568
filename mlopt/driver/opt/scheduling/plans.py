"""The spaces of a workload, elaborated: what every pass on schedules needs.

Imports iree.compiler.
"""

from collections.abc import Mapping
from typing import Any

from mlopt.core.errors import InputError
from mlopt.core.target import Target
from mlopt.core.template import SpaceTemplate
from mlopt.core.workload import Workload
from mlopt.dialect.elaboration import Elaborated, elaborate
from mlopt.dialect.facts import facts_of


def plan_for(
    templates: Mapping[str, SpaceTemplate],
    name: str,
    workload: Workload,
    target: Target,
) -> Elaborated:
    """A space of the module for a workload.

    Raises:
        InputError: there is no such space, or it is not for this workload.
    """
    if name not in templates:
        raise InputError(f"there is no space '{name}' in the module")
    plan = elaborate(templates[name], facts_of(workload, target))
    if isinstance(plan, str):
        raise InputError(f"space {name} is not for {workload.name}: {plan}")
    return plan


def workload_of(workloads: Mapping[str, Workload], key: Any) -> Workload:
    """The workload of a hash.

    Raises:
        InputError: the module does not hold it.
    """
    if key not in workloads:
        raise InputError(f"the module holds no workload '{key}'")
    return workloads[key]
