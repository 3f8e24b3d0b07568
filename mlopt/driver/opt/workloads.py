"""The workloads of a module that mlopt-partition has been over.

Imports iree.compiler.
"""

from typing import Any, Final

from mlopt.core.errors import InputError
from mlopt.core.workload import Workload
from mlopt.workloads.partition import workloads_in

# On an executable: the hash of its workload.
WORKLOAD: Final = "mlopt.workload"


def workloads_of(module: Any) -> tuple[Workload, ...]:
    """The module's workloads, in order of first appearance.

    Raises:
        InputError: it has not been partitioned.
    """
    is_partitioned = any(
        WORKLOAD in op.operation.attributes for op in module.body.operations
    )
    if not is_partitioned:
        raise InputError("the module has no workloads: run mlopt-partition first")
    return workloads_in(module)
