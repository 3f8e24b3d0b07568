"""A scripted schedule under construction: its handles, and the ops behind them.

Handles know which of the root's loops walk with those of their op. Runs in a worker:
imports iree.compiler.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from iree.compiler import ir

from mlopt.core.errors import ScheduleError
from mlopt.core.loops import epilogue_of, neighbour_loops
from mlopt.core.rows import Rows, rows_of
from mlopt.core.workload import StructuredOp, Workload
from mlopt.schedules import script
from mlopt.schedules.library import Library

# Marks of the copies of the root's first and second operand.
COPIES: Final = ("lhs_copy", "rhs_copy")
# Mark of the op that stores the result, where it is one of its own.
STORE: Final = "store"
# Positions of ops in a kernel that works row by row.
_OF_ROWS: Final[Mapping[str, Callable[[Rows], Sequence[int]]]] = {
    "rows": lambda rows: (max(rows.loops),),
    "reductions": lambda rows: rows.reductions,
    "elementwise": lambda rows: rows.others,
}


@dataclass(frozen=True, slots=True)
class Payload:
    """A handle, and for each loop of its op the root loop behind it, or -1.

    None is the function itself, whose handle changes as steps consume it.

    Attributes:
        alone: tile size of loops that the root lacks; 0 leaves them whole.
        op: what the payload was before it was tiled, where steps need it.
    """

    handle: ir.Value | None
    loops: tuple[int, ...] = ()
    alone: int = 1
    op: StructuredOp | None = None


@dataclass(slots=True, kw_only=True)
class Kernel:
    """A schedule under construction.

    Attributes:
        function: handle to the dispatch's function.
        has_own_store: whether the result is stored by an op that is none of the
            workload's.
        handles: what steps gave so far, by number; several ops are several payloads.
        included: names of the library's sequences in use.
    """

    workload: Workload
    function: ir.Value
    library: Library
    has_own_store: bool = False
    handles: dict[int, Sequence[Payload]] = field(default_factory=dict)
    included: set[str] = field(default_factory=set)

    @property
    def root(self) -> StructuredOp:
        """The op that sizes are about."""
        op = self.workload.root_op
        assert op is not None
        return op

    def include(
        self, name: str, payload: Payload, numbers: Sequence[int] = ()
    ) -> Sequence[ir.Value]:
        """Run a sequence of the library; one that consumes the function replaces it.

        Raises:
            ScheduleError: there is no such sequence, or it takes other arguments.
        """
        num_results = self.library.num_results(name, 1 + len(numbers))
        self.included.add(name)
        target = self.handle_of(payload)
        results = script.include(name, target, numbers=numbers, num_results=num_results)
        if payload.handle is None and results:
            self.function = results[0]
        return results

    def handle_of(self, payload: Payload) -> ir.Value:
        """The handle as it is now."""
        return self.function if payload.handle is None else payload.handle


def tag(position: int) -> str:
    """The value of `mlopt.op` that marks an op of the dispatch."""
    return f"op{position}"


def payloads(kernel: Kernel, what: str) -> Sequence[Payload]:
    """The ops that `mlopt.payload` names, as they are at this point of the schedule.

    Raises:
        ScheduleError: one of them does not follow the root.
    """
    if what == "function":
        return [Payload(None)]
    if what == STORE:
        (last,) = payloads(kernel, "last")
        if not kernel.has_own_store:
            return [last]
        return [Payload(script.match_tagged(kernel.function, STORE), last.loops)]
    if what in COPIES:
        operand = COPIES.index(what)
        handle = script.match_tagged(kernel.function, what)
        return [Payload(handle, kernel.root.maps[operand])]
    if what in _OF_ROWS:
        return _of_rows(kernel, what)
    return [_op(kernel, position) for position in _positions(kernel.workload, what)]


def _of_rows(kernel: Kernel, what: str) -> Sequence[Payload]:
    rows = rows_of(kernel.workload)
    if rows is None:
        raise ScheduleError("the kernel does not work row by row")
    return [
        Payload(
            script.match_tagged(kernel.function, tag(position)),
            rows.loops[position],
            alone=0,
            op=kernel.workload.ops[position],
        )
        for position in _OF_ROWS[what](rows)
    ]


def _positions(workload: Workload, what: str) -> Sequence[int]:
    root = workload.root
    assert root is not None
    later = epilogue_of(workload) or ()
    match what:
        case "root":
            return (root,)
        case "last":
            return (later[-1] if later else root,)
        case "epilogue":
            return later
    return sorted({s for s in workload.ops[root].sources if 0 <= s < root})


def _op(kernel: Kernel, position: int) -> Payload:
    workload = kernel.workload
    if position == workload.root:
        loops = tuple(range(len(kernel.root.extents)))
    else:
        found = neighbour_loops(workload).get(position)
        if found is None:
            raise ScheduleError(
                f"op {position} of the dispatch does not follow its root"
            )
        loops = found
    return Payload(script.match_tagged(kernel.function, tag(position)), loops)
