"""Warm worker processes: whatever may abort, hang or eat memory runs in one.

Answers "how is a dangerous function called safely". Knows nothing of compilers or
devices: a job is a function of mlopt named by "package.module:function". Must not
import jax, iree, or any part of mlopt but `core`.
"""

from mlopt.isolation.faults import (
    RemoteError,
    WorkerCrashed,
    WorkerFault,
    WorkerStuck,
    WorkerTimeout,
)
from mlopt.isolation.pool import WorkerPool
from mlopt.isolation.worker import Worker

__all__ = [
    "RemoteError",
    "Worker",
    "WorkerCrashed",
    "WorkerFault",
    "WorkerPool",
    "WorkerStuck",
    "WorkerTimeout",
]
