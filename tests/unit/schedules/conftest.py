"""Schedules emitted by one warm worker."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from mlopt.isolation import Worker

TIMEOUT_S = 60.0
EMIT = "mlopt.driver.jobs:emit_schedule"
READ = "mlopt.dialect.reading:read_templates"


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with closing(Worker(preload=("mlopt.driver.jobs",))) as worker:
        yield worker


@pytest.fixture
def emit(worker, templates, cpu) -> Callable:
    """The schedule of a trace, in a space that is shipped or given."""
    known = {template.name: template for template in templates}

    def call(workload, trace, template=None):
        template = template or known[trace.space]
        return worker.call(EMIT, workload, trace, template, cpu, timeout_s=TIMEOUT_S)

    return call


@pytest.fixture
def read(worker) -> Callable:
    """The one space of a text, as if it stood in own.mlir."""

    def call(text):
        (template,) = worker.call(READ, text, "own.mlir", timeout_s=TIMEOUT_S)
        return template

    return call
