"""Candidates as numbers: what a model sees of a trace on a kernel.

Sizes as logarithms, ratios to what the target has, nothing absolute and no names: what
is learnt on one kernel, space or machine can hold on another. Imports core and the
dialect only.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlopt.core.candidate import Space
from mlopt.core.compiled import as_compiled
from mlopt.core.target import Target
from mlopt.core.tensors import ITEM_SIZES
from mlopt.core.workload import StructuredOp, Workload
from mlopt.dialect.elaboration import Elaborated
from mlopt.dialect.facts import Facts, facts_of
from mlopt.search.learned.tiles import Tiles, tiles_of

_LEVELS: Final = ("workgroup", "cache", "register")
# Loops are told apart by what they do to the result: its innermost one, its others
# together, the last that is summed, the other sums together.
_PLACES: Final = ("inner", "outer", "sum", "other_sums")
_OPERANDS: Final = 3

NAMES: Final = (
    *(f"{place}.extent" for place in _PLACES),
    *(f"{place}.{level}" for place in _PLACES for level in _LEVELS),
    *(f"{place}.{level}.waste" for place in _PLACES for level in _LEVELS),
    *(f"{level}.bytes" for level in _LEVELS),
    *(f"{level}.intensity" for level in _LEVELS),
    *(f"{level}.in_{cache}" for level in _LEVELS for cache in ("l1", "l2", "l3")),
    *(f"operand{i}.{level}.bytes" for i in range(_OPERANDS) for level in _LEVELS),
    "workgroups",
    "workgroups_per_core",
    "idle_share",
    "accumulators",
    "inner.vectors",
    "inner.is_whole",
    "register.elements",
    "unroll",
    "copies_lhs",
    "copies_rhs",
    "is_peeled",
    "is_scripted",
)
# What comes of the target, after `NAMES` and before the kernel's own.
TARGET_NAMES: Final = ("lanes", "cores", "l1d", "l2", "l3")


def describe(
    plan: Elaborated,
    workload: Workload,
    target: Target,
    indices: np.ndarray,
    kernel: np.ndarray,
) -> np.ndarray:
    """(num_traces, num_features) of float32: `NAMES`, `TARGET_NAMES`, the kernel's own.

    Args:
        plan: the whole space of the workload on the target.
        indices: (num_traces, num_knobs) into the values of its knobs.
        kernel: (any length,): the same for all its traces.
    """
    facts = facts_of(workload, target)
    tiles = tiles_of(plan, facts, decisions_of(plan.space, indices))
    own = _candidates(tiles, facts, workload, target)
    shared = np.concatenate([_target(target), kernel])
    rows = np.broadcast_to(shared, (len(own), len(shared)))
    return np.concatenate([own, rows], axis=1).astype(np.float32)


def decisions_of(space: Space, indices: np.ndarray) -> dict[str, np.ndarray]:
    """The values of each knob, by its name."""
    return {
        knob.name: np.array(knob.values)[indices[:, position]]
        for position, knob in enumerate(space.knobs)
    }


def _target(target: Target) -> np.ndarray:
    """Of `TARGET_NAMES`, as logarithms."""
    numbers = (
        target.vector_bytes / 4,
        target.num_cores,
        target.l1d_bytes,
        target.l2_bytes,
        target.l3_bytes,
    )
    return np.log2(1.0 + np.array(numbers, dtype=np.float64))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """All that the columns are computed from.

    Attributes:
        levels: sizes by level; extents: of the root's loops, in the same order.
        places: the loops at each of `_PLACES`.
    """

    tiles: Tiles
    facts: Facts
    root: StructuredOp
    target: Target
    levels: Mapping[str, np.ndarray]
    extents: np.ndarray
    places: Mapping[str, Sequence[int]]


def _candidates(
    tiles: Tiles, facts: Facts, workload: Workload, target: Target
) -> np.ndarray:
    """(num_traces, num_names): `NAMES`, in their order."""
    root = as_compiled(workload).root_op
    assert root is not None
    case = _Case(
        tiles=tiles,
        facts=facts,
        root=root,
        target=target,
        levels={level: getattr(tiles, level) for level in _LEVELS},
        extents=np.array([loop["extent"] for loop in facts.loops], dtype=np.int64),
        places=_places(facts),
    )
    number = len(tiles.unroll)
    groups = (_of_loops, _of_tiles, _of_workgroups, _of_registers)
    columns = [column for group in groups for column in group(case)]
    rows = [np.broadcast_to(np.asarray(c, np.float64), number) for c in columns]
    return np.stack(rows, axis=1)


def _of_loops(case: _Case) -> Iterator[np.ndarray]:
    """Extents, sizes and waste, loop by loop."""
    for loops in case.places.values():
        yield _log(math.prod(int(case.extents[loop]) for loop in loops))
    for loops in case.places.values():
        for sizes in case.levels.values():
            yield _log(_product(sizes, loops))
    for loops in case.places.values():
        around = np.broadcast_to(case.extents, case.tiles.workgroup.shape)
        for sizes in case.levels.values():
            yield _waste(around, sizes, loops)
            around = sizes


def _of_tiles(case: _Case) -> Iterator[np.ndarray]:
    """What a tile touches, and how often it uses that."""
    touched = {lv: _footprints(case.root, sizes) for lv, sizes in case.levels.items()}
    totals = {level: sum(each.values()) for level, each in touched.items()}
    for total in totals.values():
        yield _log(total)
    for level, total in totals.items():
        work = 2.0 * case.levels[level].prod(axis=1)
        yield _log(work / np.maximum(total, 1))
    target = case.target
    for total in totals.values():
        for cache in (target.l1d_bytes, target.l2_bytes, target.l3_bytes):
            yield _log(total) - math.log2(1 + max(1, cache))
    for operand in range(_OPERANDS):
        for each in touched.values():
            yield _log(each.get(operand, 0.0))


def _of_workgroups(case: _Case) -> Iterator[np.ndarray]:
    """How many there are, and what part of the last round waits for nothing."""
    counts = -(-case.extents // case.tiles.workgroup)
    loops = case.facts.loops
    parallel = [i for i, loop in enumerate(loops) if loop["is_parallel"]]
    workgroups, cores = _product(counts, parallel), case.target.num_cores
    yield _log(workgroups)
    yield _log(workgroups / cores)
    yield 1.0 - workgroups / (np.ceil(workgroups / cores) * cores)


def _of_registers(case: _Case) -> Iterator[np.ndarray]:
    """The innermost tile, and how it is executed."""
    tiles = case.tiles
    item = ITEM_SIZES.get(case.root.dtypes[-1], 4)
    lanes = max(1, case.target.vector_bytes // item)
    width = _product(tiles.register, case.places["inner"])
    vectors = np.ceil(width / lanes)
    yield _log(vectors * _product(tiles.register, case.places["outer"]))
    yield _log(vectors)
    yield width % lanes == 0
    yield _log(tiles.register.prod(axis=1))
    yield _log(tiles.unroll)
    yield tiles.copies[:, 0]
    yield tiles.copies[:, 1]
    yield tiles.is_peeled
    yield tiles.is_scripted


def _places(facts: Facts) -> Mapping[str, Sequence[int]]:
    """The loops at each of `_PLACES`."""
    loops = list(enumerate(facts.loops))
    sums = [i for i, loop in loops if not loop["is_parallel"]]
    inner = [i for i, loop in loops if loop["is_innermost"] and loop["is_parallel"]]
    outer = [i for i, loop in loops if loop["is_parallel"] and i not in inner]
    return {
        "inner": inner,
        "outer": outer,
        "sum": sums[-1:],
        "other_sums": sums[:-1],
    }


def _product(sizes: np.ndarray, loops: Sequence[int]) -> np.ndarray:
    """(num_traces,): 1 where there are no such loops."""
    return sizes[:, list(loops)].astype(np.float64).prod(axis=1)


def _waste(around: np.ndarray, sizes: np.ndarray, loops: Sequence[int]) -> np.ndarray:
    """log2 of what is done, if every part is whole, over what there is to do."""
    chosen = list(loops)
    parts = -(-around[:, chosen] // sizes[:, chosen])
    done = (parts * sizes[:, chosen]).astype(np.float64)
    return np.log2((done / around[:, chosen]).prod(axis=1))


def _footprints(root: StructuredOp, sizes: np.ndarray) -> dict[int, np.ndarray]:
    """Bytes of each operand that a tile touches: the first two inputs, and the result.

    A dimension that is no plain loop, such as a window's, counts as its loops' sum.
    """
    chosen = [*range(min(2, root.num_inputs)), len(root.maps) - 1]
    found = {}
    for place, operand in zip((0, 1, 2)[-len(chosen) :], chosen, strict=True):
        loops = [loop for loop in root.maps[operand] if loop >= 0]
        item = ITEM_SIZES.get(root.dtypes[operand], 4)
        found[place] = item * _product(sizes, loops)
    return found


def _log(value: np.ndarray | float) -> np.ndarray:
    return np.log2(1.0 + np.asarray(value, dtype=np.float64))
