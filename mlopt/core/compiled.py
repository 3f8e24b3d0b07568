"""The ops of a workload as code generation sees them. Imports nothing outside core."""

from mlopt.core import convolutions, pooling
from mlopt.core.softmax import as_decomposed
from mlopt.core.workload import Workload


def has_own_store(workload: Workload) -> bool:
    """Whether code generation stores the result by an op that is none of these.

    So it does where the loop over images is put back, and the result is a part of a
    larger tensor: of the padded input of the next convolution, say.
    """
    if _with_images(workload) is workload:
        return False
    last = workload.ops[-1]
    shape = tuple(last.extents[loop] for loop in last.maps[-1])
    return any(spec.shape != shape for spec in workload.outputs)


def as_compiled(workload: Workload) -> Workload:
    """The workload itself, where its ops are those of the flow phase.

    A convolution or a pooling of one image has a loop over images again, a softmax is
    five ops.
    """
    return _with_images(as_decomposed(workload))


def _with_images(workload: Workload) -> Workload:
    return pooling.as_compiled(convolutions.as_compiled(workload))
