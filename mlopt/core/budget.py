"""The Budget: trials, seconds, or both. A search is anytime."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a search may spend; None leaves that side unlimited.

    Attributes:
        trials: measured or failed candidates over all workloads together.
        seconds: wall time of the search, without the final comparison.
    """

    trials: int | None = None
    seconds: float | None = None

    def is_spent(self, *, trials: int, seconds: float) -> bool:
        """Whether either limit is reached."""
        by_trials = self.trials is not None and trials >= self.trials
        by_seconds = self.seconds is not None and seconds >= self.seconds
        return by_trials or by_seconds
