"""How does pure chance do? The strategy every other one has to beat.

Imports core and the search stage only.
"""

from typing import final

from mlopt.core.candidate import Trace
from mlopt.core.measurement import Trial
from mlopt.search.sampling import sample
from mlopt.search.strategies.base import Key, Strategy


@final
class RandomStrategy(Strategy):
    """Draws from every space equally often and learns nothing."""

    def _propose(self) -> Trace:
        space = min(self.open_spaces, key=self.num_asked)
        return sample(space, self.rng)

    def _learn(self, key: Key, trial: Trial) -> None:
        """Nothing: what was told is only not asked again."""
