"""Whether a process still works on its job, or waits for something that never comes."""

import contextlib
import time
from typing import Final

# Less CPU time than this is what a process takes to do nothing: clocks tick in 10 ms.
_NOTHING_S: Final = 0.05


class Pulse:
    """Of one job: asked now and then, it says when the process stopped computing.

    A process that is stopped, by a debugger or a user, has its reason and is not lost.

    Args:
        pid: of the process; what it started itself counts as its own.
        patience_s: of doing nothing.
    """

    def __init__(self, pid: int, patience_s: float) -> None:
        self._pid = pid
        self.patience_s = patience_s
        self._worked_s = 0.0
        self._since = time.monotonic()
        self.is_lost = False

    def check(self) -> bool:
        """Look again; whether the process is lost."""
        now = time.monotonic()
        worked_s = self._cpu_s()
        if worked_s is None or abs(worked_s - self._worked_s) > _NOTHING_S:
            self._worked_s = worked_s or 0.0
            self._since = now
        self.is_lost = now - self._since >= self.patience_s
        return self.is_lost

    def _cpu_s(self) -> float | None:
        """CPU seconds of the process and its children; None if that says nothing."""
        import psutil  # 20 ms, which no short job and no worker's own start is to pay

        total_s = 0.0
        try:
            leader = psutil.Process(self._pid)
            if leader.status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP):
                return None
            members = [leader, *leader.children(recursive=True)]
        except psutil.Error:
            return None
        for member in members:
            with contextlib.suppress(psutil.Error):
                total_s += sum(member.cpu_times()[:4])
        return total_s
