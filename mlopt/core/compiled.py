"""The ops of a workload as code generation sees them. Imports nothing outside core."""

from mlopt.core import convolutions, pooling
from mlopt.core.softmax import as_decomposed
from mlopt.core.workload import Workload


def has_own_store(workload: Workload) -> bool:
    """Whether code generation stores the result by an op that is none of these."""
    return convolutions.has_own_store(workload) or pooling.has_own_store(workload)


def as_compiled(workload: Workload) -> Workload:
    """The workload itself, where its ops are those of the flow phase.

    A convolution or a pooling of one image has a loop over images again, a softmax is
    five ops.
    """
    return pooling.as_compiled(convolutions.as_compiled(as_decomposed(workload)))
