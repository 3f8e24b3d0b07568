"""A clock that only moves when somebody works or sleeps."""

from collections.abc import Callable

import pytest


class FakeTime:
    """Seconds of wall and of processor time.

    Attributes:
        busy_until: wall time up to which some thread polls beside everything else.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.cpu = 0.0
        self.busy_until = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def cpu_clock(self) -> float:
        return self.cpu

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.cpu += min(seconds, max(0.0, self.busy_until - self.now))
        self.now += seconds

    def work(self, seconds: float, *, polls_s: float = 0.0) -> Callable[[], None]:
        """A call that takes so long, after which a thread polls for `polls_s`."""

        def call() -> None:
            self.now += seconds
            self.cpu += seconds
            self.busy_until = self.now + polls_s

        return call


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()
