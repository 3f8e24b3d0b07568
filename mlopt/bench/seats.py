"""Peers that are timed turn by turn, each in a process that is told when it is on.

A worker's process has a seat for every call that it can time; this process holds a
`RemoteContestant` for it. Only the number of calls and their time pass between the two,
before and after a sample. Knows neither JAX nor IREE.
"""

from dataclasses import dataclass
from typing import Final

from mlopt.bench.alternation import InProcess
from mlopt.core.errors import WorkerError
from mlopt.isolation import Worker
from mlopt.measure.sampling import Call

# Of one sample: some calls of a program that may take seconds.
_TIMEOUT_S: Final = 300.0
_JOBS: Final = __name__

# In a worker's process: who can be timed there.
_SEATS: Final[dict[str, InProcess]] = {}


class SeatLost(WorkerError):
    """A peer's process failed in the middle of the turns."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name}: {sentence}")
        self.name = name
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteContestant:
    """A peer in the process of a worker, where it has a seat under that name.

    Every method raises SeatLost when that process fails.
    """

    name: str
    worker: Worker

    def num_calls(self, min_sample_s: float) -> int:
        return int(self._ask("num_calls", min_sample_s))

    def sample_us(self, num_calls: int) -> float:
        return self._ask("sample_us", num_calls)

    def lingering_s(self, watch_s: float) -> float:
        return self._ask("lingering_s", watch_s)

    def _ask(self, job: str, value: float) -> float:
        try:
            answer = self.worker.call(
                f"{_JOBS}:{job}", self.name, value, timeout_s=_TIMEOUT_S
            )
        except WorkerError as fault:
            raise SeatLost(self.name, str(fault).splitlines()[0]) from fault
        assert isinstance(answer, float | int)
        return answer


def take_seat(name: str, call: Call) -> None:
    """Have a call timed in this process under that name."""
    _SEATS[name] = InProcess(call=call)


def num_calls(name: str, min_sample_s: float) -> int:
    """Job: see `Contestant`."""
    return _SEATS[name].num_calls(min_sample_s)


def sample_us(name: str, num_calls: int) -> float:
    """Job: see `Contestant`."""
    return _SEATS[name].sample_us(num_calls)


def lingering_s(name: str, watch_s: float) -> float:
    """Job: see `Contestant`."""
    return _SEATS[name].lingering_s(watch_s)
