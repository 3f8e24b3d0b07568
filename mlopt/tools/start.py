"""Where the `mlopt` command begins: Ctrl-C is a word from the first import on."""

import os
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run `mlopt` and exit; see `mlopt.tools.main`."""
    try:
        from mlopt.tools.main import main as run

        run()
    except KeyboardInterrupt:
        # Only while our own modules load: later, commands say what is kept.
        sys.stderr.write("mlopt: interrupted\n")
        sys.stderr.flush()
        os._exit(_INTERRUPTED)
