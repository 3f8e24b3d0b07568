"""IR through mlopt's verifier, in a worker as the tools have it."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from mlopt.isolation import Worker

VERIFY = "mlopt.dialect.checking:verify_text"


@pytest.fixture(scope="session")
def verify() -> Iterator[Callable[[str], list[str]]]:
    """The sentences about a module of MLIR text."""
    with closing(Worker(name="dialect")) as worker:

        def run(text: str) -> list[str]:
            found = worker.call(VERIFY, text, timeout_s=60.0)
            assert isinstance(found, list)
            return found

        yield run
