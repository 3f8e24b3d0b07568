"""How the traces of a space cut a kernel's loops, many traces at a time.

Knobs mean what the steps that read them do, so the steps are followed, not the names:
a user's own space is described like mlopt's. Imports core and the dialect only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from mlopt.core.candidate import Value
from mlopt.dialect.deciding import Formula
from mlopt.dialect.elaboration import Elaborated
from mlopt.dialect.expansion import Instruction
from mlopt.dialect.facts import Facts

# Handles of what is tiled as the root is; others are copies, or stream over results.
_MAIN: Final = frozenset({"root", "last", "rows", "reductions"})
# Where `mlopt.configure` puts sizes.
_WORKGROUP: Final = frozenset({"distribution"})
_CACHE: Final = frozenset({"cache_parallel", "cache_reduction"})
_REGISTER: Final = frozenset(
    {"vector_common_parallel", "vector_inner_parallel", "vector_reduction"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Sizes by which traces tile the root's loops, and what else they do.

    Attributes:
        workgroup, cache, register: (num_traces, num_loops) of int64: iterations of each
            loop that a workgroup does, that are done before others are turned to, and
            that registers hold; where a level does not cut, the size of the level
            around it. Never more than the loop has.
        unroll: (num_traces,) of int64: steps of the innermost loop written out.
        copies: (num_traces, 2) of bool: whether the first or second operand is copied.
        is_peeled, is_scripted: (num_traces,) of bool: rests are cut off and not masked;
            the schedule is a script of its own.
    """

    workgroup: np.ndarray
    cache: np.ndarray
    register: np.ndarray
    unroll: np.ndarray
    copies: np.ndarray
    is_peeled: np.ndarray
    is_scripted: np.ndarray


def tiles_of(
    plan: Elaborated,
    facts: Facts,
    decisions: Mapping[str, Sequence[Value] | np.ndarray],
) -> Tiles:
    """Follow the steps of a space under many decisions at once.

    Args:
        decisions: by knob, one for each trace; a knob that is missing is at its
            default. Legality is not asked about.
    """
    arrays = {name: np.asarray(values) for name, values in decisions.items()}
    number = max((len(values) for values in arrays.values()), default=1)
    for knob in plan.space.knobs:
        if knob.name not in arrays:
            arrays[knob.name] = np.full(number, knob.default)
    values = Formula(plan.instructions, plan.known).evaluate_all(arrays)
    extents = np.array([loop["extent"] for loop in facts.loops], dtype=np.int64)
    following = _Following(number, extents, facts, values)
    for instruction in plan.instructions:
        following.take(instruction)
    return following.tiles()


@dataclass(slots=True)
class _Following:
    """The state of all traces between two steps; 0 is no size yet."""

    number: int
    extents: np.ndarray
    facts: Facts
    values: Mapping[int, Any]
    kinds: dict[int, str] = field(default_factory=dict)
    workgroup: np.ndarray = field(init=False)
    cache: np.ndarray = field(init=False)
    register: np.ndarray = field(init=False)
    unroll: np.ndarray = field(init=False)
    copies: np.ndarray = field(init=False)
    is_peeled: np.ndarray = field(init=False)
    is_scripted: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        shape = (self.number, len(self.extents))
        self.workgroup = np.zeros(shape, dtype=np.int64)
        self.cache = np.zeros(shape, dtype=np.int64)
        self.register = np.zeros(shape, dtype=np.int64)
        self.unroll = np.ones(self.number, dtype=np.int64)
        self.copies = np.zeros((self.number, 2), dtype=bool)
        self.is_peeled = np.zeros(self.number, dtype=bool)
        self.is_scripted = np.ones(self.number, dtype=bool)

    def take(self, step: Instruction) -> None:
        """One step, by those traces that reach it."""
        if step.op == "mlopt.payload":
            self.kinds[step.results[0]] = str(step.attributes["ops"])
            return
        kind = self._kind(step)
        # What has a value is a number, and no handle.
        handles = [result for result in step.results if result not in self.values]
        self.kinds |= dict.fromkeys(handles, kind)
        if step.op in _OTHERS:
            self.kinds |= dict.fromkeys(handles[_OTHERS[step.op] :], "")
        reached = self._reached(step)
        if step.op in _ON_ROOT:
            if kind in _MAIN:
                _ON_ROOT[step.op](self, step, reached)
        elif step.op in _ANYWHERE:
            _ANYWHERE[step.op](self, step, reached)

    def tiles(self) -> Tiles:
        """What it came to."""
        workgroup = self._within(self.workgroup, self.extents[np.newaxis, :])
        cache = self._within(self.cache, workgroup)
        return Tiles(
            workgroup=workgroup,
            cache=cache,
            register=self._within(self.register, cache),
            unroll=np.maximum(self.unroll, 1),
            copies=self.copies,
            is_peeled=self.is_peeled,
            is_scripted=self.is_scripted,
        )

    def _within(self, sizes: np.ndarray, around: np.ndarray) -> np.ndarray:
        return np.minimum(np.where(sizes > 0, sizes, around), around)

    def _kind(self, step: Instruction) -> str:
        """What a step's first handle is of; the results' handles are of the same."""
        handles = (v for v in step.operands if v is not None and v in self.kinds)
        return self.kinds.get(next(handles, -1), "")

    def _reached(self, step: Instruction) -> np.ndarray:
        reached = np.ones(self.number, dtype=bool)
        for value, number in step.guards:
            reached &= np.asarray(self.values[value]) == number
        return reached

    def _number(self, step: Instruction) -> np.ndarray:
        """The first operand that is a number."""
        numbers = (v for v in step.operands if v is not None and v not in self.kinds)
        value = self.values[next(numbers)]
        return np.broadcast_to(np.asarray(value, dtype=np.int64), self.number)

    def _sizes(self, step: Instruction) -> dict[int, np.ndarray]:
        found = step.sizes or {}
        return {
            loop: np.broadcast_to(
                np.asarray(self.values[value], dtype=np.int64), self.number
            )
            for loop, value in found.items()
        }

    def _put(self, level: np.ndarray, step: Instruction, reached: np.ndarray) -> None:
        for loop, sizes in self._sizes(step).items():
            chosen = reached & (sizes > 0)
            level[chosen, loop] = sizes[chosen]

    def _configure(self, step: Instruction, reached: np.ndarray) -> None:
        name = step.attributes["level"]
        for names, level in (
            (_WORKGROUP, self.workgroup),
            (_CACHE, self.cache),
            (_REGISTER, self.register),
        ):
            if name in names:
                self._put(level, step, reached)

    def _tile(self, step: Instruction, reached: np.ndarray) -> None:
        """The last tiling is the register's; the one before it the cache's."""
        for loop, sizes in self._sizes(step).items():
            chosen = reached & (sizes > 0)
            before = self.register[:, loop]
            moved = chosen & (before > 0)
            self.cache[moved, loop] = before[moved]
            self.register[chosen, loop] = sizes[chosen]

    def _tile_row(self, step: Instruction, reached: np.ndarray) -> None:
        """Along the last loop that is summed, or the innermost one."""
        along = max(
            range(len(self.extents)),
            key=lambda loop: (not self.facts.loops[loop]["is_parallel"], loop),
        )
        width = self._number(step)
        self.register[reached, along] = width[reached]

    def _parallelize(self, step: Instruction, reached: np.ndarray) -> None:
        self._put(self.workgroup, step, reached)

    def _unroll(self, step: Instruction, reached: np.ndarray) -> None:
        self.unroll = np.where(reached, self._number(step), self.unroll)

    def _pack(self, step: Instruction, reached: np.ndarray) -> None:
        operand = step.attributes["operand"]
        assert isinstance(operand, int)
        self.copies[:, operand] |= reached

    def _peel(self, step: Instruction, reached: np.ndarray) -> None:
        self.is_peeled |= reached

    def _pipeline(self, step: Instruction, reached: np.ndarray) -> None:
        self.is_scripted &= ~reached
        self.is_peeled |= reached & (self._number(step) == 1)


# From which of a step's results on something else is meant than the root: a copy, or
# the short rest of a loop.
_OTHERS: Final[Mapping[str, int]] = {"mlopt.pack": 0, "mlopt.split": 1}
_Taken = Callable[[_Following, Instruction, np.ndarray], None]
# Of copies, and of what only streams over results, these say nothing.
_ON_ROOT: Final[Mapping[str, _Taken]] = {
    "mlopt.tile": _Following._tile,
    "mlopt.fuse": _Following._tile,
    "mlopt.tile_row": _Following._tile_row,
}
_ANYWHERE: Final[Mapping[str, _Taken]] = {
    "mlopt.parallelize": _Following._parallelize,
    "mlopt.configure": _Following._configure,
    "mlopt.unroll": _Following._unroll,
    "mlopt.pack": _Following._pack,
    "mlopt.peel": _Following._peel,
    "mlopt.pipeline": _Following._pipeline,
}
