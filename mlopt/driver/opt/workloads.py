"""The workloads of a module that mlopt-partition has been over.

Imports iree.compiler.
"""

from typing import Any, Final

from iree.compiler import ir

from mlopt.core.errors import InputError
from mlopt.core.workload import Workload
from mlopt.targets.cpu_options import DEFAULT, MEMORY_OPTION_SETS, OPTION_SETS
from mlopt.workloads.partition import workloads_in

# On an executable: the hash of its workload.
WORKLOAD: Final = "mlopt.workload"
# On a module: the option set under which its workloads have their hashes, if it is not
# the default one. A name and never flags: those could make the compiler run programs.
OPTIONS: Final = "mlopt.options"


def workloads_of(module: Any) -> tuple[Workload, ...]:
    """The module's workloads, in order of first appearance.

    Raises:
        InputError: it has not been partitioned, or under unknown options.
    """
    is_partitioned = any(
        WORKLOAD in op.operation.attributes for op in module.body.operations
    )
    if not is_partitioned:
        raise InputError("the module has no workloads: run mlopt-partition first")
    return workloads_in(module, flags_of(option_set_of(module)))


def option_set_of(module: Any) -> str:
    """The name of the option set that a module says it was partitioned under."""
    attributes = module.operation.attributes
    if OPTIONS not in attributes:
        return DEFAULT
    return ir.StringAttr(attributes[OPTIONS]).value


def record_option_set(module: Any, name: str) -> None:
    """Say it on the module, so that later passes hash its workloads alike."""
    if name != DEFAULT:
        module.operation.attributes[OPTIONS] = ir.StringAttr.get(name)


def flags_of(name: str) -> tuple[str, ...]:
    """The compiler flags of an option set.

    Raises:
        InputError: there is none of that name.
    """
    # Sets that save memory have the kernels of the others.
    names = [known for known in OPTION_SETS if known not in MEMORY_OPTION_SETS]
    if name not in names:
        raise InputError(
            f"there is no option set '{name}': choose one of {', '.join(names)}"
        )
    return OPTION_SETS[name]


def name_of(flags: tuple[str, ...]) -> str:
    """The option set that has these flags."""
    return next(name for name, its in OPTION_SETS.items() if its == flags)
