"""Ctrl-C while `mlopt` starts ends in a word, whenever it comes."""

import subprocess
import sys

import pytest

# What `python -m mlopt` does, with a signal sent by an import of its own.
INTERRUPTED = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # pytest's may be ignored
sys.meta_path.insert(0, Interrupt())
from mlopt.tools.start import main
main()
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("module", ["mlopt.tools.main", "click", "mlopt.core.errors"])
def test_an_interrupt_during_the_imports_is_a_word_and_a_code(module):
    done = run("-c", INTERRUPTED.format(module=module))
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "mlopt: interrupted\n"


def test_the_module_is_the_command():
    done = run("-m", "mlopt", "no-such-command")
    assert done.returncode == 2
    assert "No such command" in done.stderr
