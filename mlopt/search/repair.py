"""How does an illegal choice become legal with few changes? By min-conflicts search.

Round by round, the knobs that one violated requirement reads are set anew to the
values that satisfy it, violate least of the others and change least. Now and then
the others are ignored, which gets the search out of circles. Source: Minton et al.,
"Minimizing conflicts", Artificial Intelligence 58 (1992).
Imports core and the search stage's encoding only.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from mlopt.core.candidate import Requirement, Space, Value
from mlopt.search.encoding import Indices, decisions_of

# A requirement over two or three knobs is solved in one or two rounds; chains of five
# (nested tiles, tiles that divide each other) took fewer than this from 60 starts.
MAX_ROUNDS = 32
# Share of the rounds in which other requirements are ignored.
NOISE = 0.15
# All values of a requirement's knobs are tried up to this many (3 knobs of 6).
MAX_ASSIGNMENTS = 256


def repair(space: Space, indices: Indices, rng: np.random.Generator) -> Indices | None:
    """Return a legal choice near `indices`, or None when none was found.

    A legal `indices` comes back unchanged. None is no proof: the search is bounded.
    """
    current = indices
    for _ in range(MAX_ROUNDS):
        violated = violated_requirements(space, current)
        if not violated:
            return current
        # A random one: always taking the first can go round in circles.
        requirement = violated[int(rng.integers(len(violated)))]
        current = _reassigned(space, current, requirement, rng)
    return None if violated_requirements(space, current) else current


def is_legal(space: Space, indices: Sequence[int]) -> bool:
    """Whether every requirement holds for the decisions behind `indices`."""
    return space.violation(decisions_of(space, indices)) is None


def violated_requirements(space: Space, indices: Sequence[int]) -> list[Requirement]:
    """The requirements that fail for the decisions behind `indices`."""
    decisions = decisions_of(space, indices)
    return [r for r in space.requirements if not r.holds(decisions)]


class _Recording(Mapping[str, Value]):
    """Decisions that remember which of them were read."""

    def __init__(self, decisions: Mapping[str, Value]) -> None:
        self._decisions = decisions
        self.names_read: set[str] = set()

    def __getitem__(self, name: str) -> Value:
        value = self._decisions[name]
        self.names_read.add(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._decisions)

    def __len__(self) -> int:
        return len(self._decisions)


def _reassigned(
    space: Space, current: Indices, requirement: Requirement, rng: np.random.Generator
) -> Indices:
    """Set the requirement's knobs anew; ties go by distance, then by chance."""
    knobs = _knobs_read(space, current, requirement)
    is_greedy = rng.random() >= NOISE
    best, best_cost = current, (math.inf, math.inf, math.inf, math.inf)
    for values in _assignments(space, knobs, rng):
        option = list(current)
        for position, value in zip(knobs, values, strict=True):
            option[position] = value
        violated = violated_requirements(space, option)
        cost = (
            float(requirement in violated),
            len(violated) if is_greedy else rng.random(),
            _distance(space, current, option),
            rng.random(),
        )
        if tuple(option) != current and cost < best_cost:
            best, best_cost = tuple(option), cost
    return best


def _knobs_read(space: Space, current: Indices, requirement: Requirement) -> list[int]:
    """Positions of the knobs that decided the requirement's answer."""
    decisions = _Recording(decisions_of(space, current))
    requirement.holds(decisions)
    return [
        position
        for position, knob in enumerate(space.knobs)
        if knob.name in decisions.names_read
    ]


def _assignments(
    space: Space, knobs: Sequence[int], rng: np.random.Generator
) -> Iterator[Sequence[int]]:
    """Every assignment of `knobs`, or random ones when they are too many."""
    sizes = [len(space.knobs[position].values) for position in knobs]
    if math.prod(sizes) <= MAX_ASSIGNMENTS:
        return product(*(range(size) for size in sizes))
    return iter(rng.integers(sizes, size=(MAX_ASSIGNMENTS, len(sizes))).tolist())


def _distance(space: Space, one: Sequence[int], other: Sequence[int]) -> float:
    """Number of knobs that differ, plus how far each moved as a part of its range."""
    return sum(
        1.0 + abs(a - b) / len(knob.values)
        for knob, a, b in zip(space.knobs, one, other, strict=True)
        if a != b
    )
