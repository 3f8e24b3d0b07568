"""How are legal traces drawn, changed a little, and crossed?

Everything here returns legal traces and ends: tries are bounded, then the choice is
repaired, then the space is walked systematically. Randomness is an argument.
Imports core and the search stage only.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np

from mlopt.core.candidate import Knob, Space, Trace
from mlopt.core.errors import SpaceError
from mlopt.search.encoding import Indices, decode, encode, is_ordered
from mlopt.search.enumeration import enumerate_legal
from mlopt.search.repair import is_legal, repair, violated_requirements

# A space where 2% of all choices are legal still yields one by rejection in 99% of
# draws; a try costs some 10 µs.
MAX_REJECTIONS = 256
# Repairs start from different random choices; a second rarely fails where one did.
MAX_REPAIRS = 8
# The last resort visits this many partial choices, about a second.
MAX_NODES = 50_000
# Half of all changes are small steps where a step has a meaning.
NEIGHBOUR_PROBABILITY = 0.5


def sample(space: Space, rng: np.random.Generator) -> Trace:
    """Draw a legal trace.

    Uniform over the legal traces as long as rejection succeeds; where legal traces
    are rarer than one in a few hundred, a random choice is repaired instead, which
    is no longer uniform, and at last the space is enumerated in random order.

    Raises:
        SpaceError: no legal trace was found; it names the requirement in the way.
    """
    violations: Counter[str] = Counter()
    for _ in range(MAX_REJECTIONS):
        indices = _random_indices(space, rng)
        violated = violated_requirements(space, indices)
        if not violated:
            return decode(space, indices)
        violations.update(requirement.sentence for requirement in violated)
    for _ in range(MAX_REPAIRS):
        repaired = repair(space, _random_indices(space, rng), rng)
        if repaired is not None:
            return decode(space, repaired)
    return _first_enumerated(space, rng, violations.most_common(1)[0][0])


def default_trace(space: Space) -> Trace:
    """Every knob at its default, or the nearest legal trace found to that.

    A function of the space alone: the repair's ties are broken with a fixed seed.

    Raises:
        SpaceError: the defaults are illegal and no legal trace was found.
    """
    defaults = tuple((knob.name, knob.default) for knob in space.knobs)
    indices = encode(space, Trace(space=space.name, decisions=defaults))
    rng = np.random.default_rng(0)
    repaired = repair(space, indices, rng)
    return sample(space, rng) if repaired is None else decode(space, repaired)


def mutate(
    space: Space, trace: Trace, rng: np.random.Generator, num_mutations: int = 1
) -> Trace:
    """Change up to `num_mutations` knobs, each to a neighbour or to any other value.

    Knobs whose values are integers are ordered: a neighbour is the value before or
    after. When no legal change turns up, an illegal one is repaired, which may
    change other knobs too; `trace` itself comes back only if that fails as well.

    Raises:
        SpaceError: `trace` is not a trace of `space`.
    """
    parent = encode(space, trace)

    def draw() -> Indices:
        return _changed(space, parent, rng, num_mutations)

    return decode(space, _legal_child(space, draw, parent, rng))


def crossover(
    space: Space, one: Trace, other: Trace, rng: np.random.Generator
) -> Trace:
    """Take each knob's decision from either trace, by a fair coin; then as `mutate`.

    Raises:
        SpaceError: one of them is not a trace of `space`.
    """
    mother, father = encode(space, one), encode(space, other)

    def draw() -> Indices:
        coins = rng.random(len(mother)) < 0.5
        pairs = zip(coins, mother, father, strict=True)
        return tuple(a if coin else b for coin, a, b in pairs)

    return decode(space, _legal_child(space, draw, mother, rng))


def _legal_child(
    space: Space,
    draw: Callable[[], Indices],
    parent: Indices,
    rng: np.random.Generator,
) -> Indices:
    """The first legal draw that differs from `parent`, else a repaired one."""
    illegal = None
    for _ in range(MAX_REJECTIONS // 8):
        child = draw()
        if child == parent:
            continue
        if is_legal(space, child):
            return child
        illegal = child
    repaired = None if illegal is None else repair(space, illegal, rng)
    return parent if repaired is None else repaired


def _changed(
    space: Space, parent: Indices, rng: np.random.Generator, num_mutations: int
) -> Indices:
    changeable = [
        position for position, knob in enumerate(space.knobs) if len(knob.values) > 1
    ]
    child = list(parent)
    for choice in rng.permutation(len(changeable))[:num_mutations]:
        position = changeable[int(choice)]
        child[position] = _other_value(space.knobs[position], child[position], rng)
    return tuple(child)


def _other_value(knob: Knob, index: int, rng: np.random.Generator) -> int:
    """Index of a value other than `index`; `knob` has at least two."""
    if is_ordered(knob) and rng.random() < NEIGHBOUR_PROBABILITY:
        neighbours = [i for i in (index - 1, index + 1) if 0 <= i < len(knob.values)]
        return neighbours[int(rng.integers(len(neighbours)))]
    other = int(rng.integers(len(knob.values) - 1))
    return other if other < index else other + 1


def _random_indices(space: Space, rng: np.random.Generator) -> Indices:
    sizes = [len(knob.values) for knob in space.knobs]
    return tuple(int(index) for index in rng.integers(sizes)) if sizes else ()


def _first_enumerated(space: Space, rng: np.random.Generator, sentence: str) -> Trace:
    try:
        trace = next(enumerate_legal(space, rng=rng, max_nodes=MAX_NODES), None)
    except SpaceError:
        trace = None
    if trace is None:
        raise SpaceError(
            f"no legal trace was found in space {space.name}; "
            f"the requirement most often violated: {sentence}"
        )
    return trace
