"""What tuning is for: the shortest time, or the least memory, and at most how much."""

import enum
import math
import re
from dataclasses import dataclass
from typing import Final

from mlopt.core.errors import InputError


class Objective(enum.StrEnum):
    """What is minimised."""

    LATENCY = "latency"
    MEMORY = "memory"


_UNITS: Final = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
_EXAMPLES: Final = 'a number of bytes, or one such as "30MiB" or "1.5GB"'


def parse_size(size: int | str) -> int:
    """Bytes, from a number of them or from text such as "30MiB", "1.5 GB" or "4096".

    Raises:
        InputError: it is neither, or not a byte or more.
    """
    if isinstance(size, bool) or not isinstance(size, int | str):
        raise InputError(f"{size!r} is no size: give {_EXAMPLES}")
    match = _SIZE.fullmatch(str(size).strip())
    unit = None if match is None else _UNITS.get(match[2].lower())
    if match is None or unit is None:
        raise InputError(f"{size!r} is no size: give {_EXAMPLES}")
    num_bytes = float(match[1]) * unit
    if not math.isfinite(num_bytes) or num_bytes < 1:
        raise InputError(f"a size of {size} makes no sense: give {_EXAMPLES}")
    return int(num_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is minimised, and what the program may take.

    Attributes:
        memory_cap_bytes: peak device memory at most; None is as much as there is.
    """

    objective: Objective = Objective.LATENCY
    memory_cap_bytes: int | None = None

    @classmethod
    def of(
        cls, objective: str | None = None, memory_cap: int | str | None = None
    ) -> "Goal":
        """What a user asked for; None is the default.

        Raises:
            InputError: no such objective, or a cap that is no size.
        """
        name = Objective.LATENCY if objective is None else objective
        if name not in set(Objective):
            raise InputError(
                f"there is no objective {objective!r}: choose one of "
                f"{', '.join(Objective)}"
            )
        cap = None if memory_cap is None else parse_size(memory_cap)
        return cls(objective=Objective(name), memory_cap_bytes=cap)

    @property
    def concerns_memory(self) -> bool:
        """Whether a program's peak memory decides anything."""
        return self.objective is Objective.MEMORY or self.memory_cap_bytes is not None

    def __str__(self) -> str:
        if self.memory_cap_bytes is None:
            return str(self.objective)
        return f"{self.objective}, at most {self.memory_cap_bytes} bytes"


FASTEST: Final = Goal()
