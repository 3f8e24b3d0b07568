"""Which strategies are there? One explicit table from name to class.

Imports core and the search stage only.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from mlopt.core.candidate import Space, Trace
from mlopt.core.errors import InputError
from mlopt.search.strategies.base import Strategy
from mlopt.search.strategies.evolution import EvolutionStrategy
from mlopt.search.strategies.random import RandomStrategy

__all__ = ["STRATEGIES", "Strategy", "make_strategy"]

STRATEGIES: Mapping[str, type[Strategy]] = MappingProxyType(
    {"evolution": EvolutionStrategy, "random": RandomStrategy}
)


def make_strategy(
    name: str,
    spaces: Sequence[Space],
    seeds: Sequence[Trace],
    rng: np.random.Generator,
) -> Strategy:
    """Build the strategy called `name` for one workload; see `Strategy`.

    Raises:
        InputError: no strategy is called that.
        SpaceError: no space, or two spaces of one name.
    """
    if name not in STRATEGIES:
        raise InputError(
            f"there is no strategy called {name!r}; choose one of "
            f"{', '.join(sorted(STRATEGIES))}"
        )
    return STRATEGIES[name](spaces, seeds, rng)
