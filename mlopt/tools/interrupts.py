"""Ctrl-C that neither crashes the process nor gets lost.

Python raises KeyboardInterrupt wherever it happens to be: in the initialization of a
C++ extension, which then crashes, or in a callback of the garbage collector, which
swallows it.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

# By then the callback has returned; a user does not notice.
_RETRY_S: Final = 0.05


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Hold Ctrl-C back until the block ends: for imports of C++ extensions.

    Raises:
        KeyboardInterrupt: at the end, if it came meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if seen:
        raise KeyboardInterrupt


@contextlib.contextmanager
def insisted_on() -> Iterator[None]:
    """Within the block, send Ctrl-C again whenever a callback has swallowed it."""
    before = sys.unraisablehook

    def hook(lost: "UnraisableHookArgs") -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            before(lost)
            return
        timer = threading.Timer(_RETRY_S, _interrupt_main_thread)
        timer.daemon = True
        timer.start()

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def _interrupt_main_thread() -> None:
    # A real signal: it also ends a wait in a system call.
    ident = threading.main_thread().ident
    if ident is not None:
        signal.pthread_kill(ident, signal.SIGINT)
