"""Commands as a user starts them: in a process of their own."""

import subprocess
import sys
from collections.abc import Callable

import pytest

_COMMAND = (sys.executable, "-c", "from mlopt.tools.main import main; main()")


@pytest.fixture
def mlopt_command() -> tuple[str, ...]:
    """The words a command line begins with, for tests that start it themselves."""
    return _COMMAND


@pytest.fixture
def mlopt() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `mlopt` with these arguments to its end."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*_COMMAND, *arguments],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    return run
