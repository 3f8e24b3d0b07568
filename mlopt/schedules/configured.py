"""The steps of a configured schedule: tile sizes on the levels of IREE's pipelines.

Runs in a worker: imports iree.compiler.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from iree.compiler import ir

from mlopt.core.errors import ScheduleError
from mlopt.core.loops import neighbour_loops
from mlopt.core.workload import IteratorType, StructuredOp, Workload
from mlopt.dialect.elaboration import Step
from mlopt.schedules import annotations


@dataclass(slots=True)
class Configuration:
    """What the ops of a dispatch are to be marked with.

    Attributes:
        levels: sizes of the root by IREE's level, so far.
        attributes: of each op, by its position.
    """

    workload: Workload
    levels: dict[str, list[int]] = field(default_factory=dict)
    attributes: dict[int, list[tuple[str, ir.Attribute]]] = field(default_factory=dict)

    @property
    def root(self) -> StructuredOp:
        """The op that sizes are about."""
        op = self.workload.root_op
        assert op is not None
        return op


def configures(step: Step) -> bool:
    """Whether a step is one of these; others but `mlopt.payload` make a script."""
    return step.op in _STEPS


def take(configuration: Configuration, step: Step) -> None:
    """Write down one step."""
    _STEPS[step.op](configuration, step)


def _configure(configuration: Configuration, step: Step) -> None:
    # A tile as long as its loop is the loop: IREE then drops the loop altogether.
    sizes = zip(_whole(step), configuration.root.extents, strict=True)
    level = str(step.attributes["level"])
    configuration.levels[level] = [min(size, extent) for size, extent in sizes]


def _pipeline(configuration: Configuration, step: Step) -> None:
    info = annotations.configured_info(
        configuration.levels,
        pipeline=str(step.attributes["name"]),
        peel=bool(step.numbers[0]),
    )
    root = configuration.workload.root
    assert root is not None
    configuration.attributes[root] = [("compilation_info", info)]


def _configure_fused(configuration: Configuration, step: Step) -> None:
    inner, is_cached = step.numbers
    workload, register_tile = configuration.workload, _whole(step)
    for position, loops in neighbour_loops(workload).items():
        op = workload.ops[position]
        if IteratorType.REDUCTION not in op.iterators and is_cached:
            tile = _whole_tile(loops, register_tile)
        elif -1 in loops:
            tile = _own_tile(op, loops, register_tile, int(inner))
        else:
            continue
        config = annotations.lowering_config(tile)
        configuration.attributes[position] = [("lowering_config", config)]


def _whole(step: Step) -> list[int]:
    if step.sizes is None:
        raise ScheduleError(f"{step.op} has no sizes")
    return [size or 0 for size in step.sizes]


def _whole_tile(
    loops: tuple[int, ...], register_tile: Sequence[int]
) -> dict[str, list[int]]:
    """With cache levels on the root IREE would vectorize a neighbour at their size."""
    tile = [register_tile[i] if i >= 0 else 1 for i in loops]
    return {"vector_inner_parallel": tile}


def _own_tile(
    op: StructuredOp, loops: tuple[int, ...], register_tile: Sequence[int], width: int
) -> dict[str, list[int]]:
    """Tiles for loops that the root lacks: IREE would vectorize them whole.

    The innermost of them takes vectors of `width`, the others single steps.
    """
    own = [position for position, loop in enumerate(loops) if loop < 0]
    sizes = dict.fromkeys(own, 1) | {own[-1]: min(width, op.extents[own[-1]])}

    def of(kind: IteratorType) -> list[int]:
        matches = [iterator is kind for iterator in op.iterators]
        return [sizes.get(p, 0) * is_kind for p, is_kind in enumerate(matches)]

    return {
        "vector_common_parallel": [register_tile[i] if i >= 0 else 0 for i in loops],
        "vector_reduction": of(IteratorType.REDUCTION),
        "vector_inner_parallel": of(IteratorType.PARALLEL),
    }


_STEPS: Final[Mapping[str, Callable[[Configuration, Step], None]]] = {
    "mlopt.configure": _configure,
    "mlopt.configure_fused": _configure_fused,
    "mlopt.pipeline": _pipeline,
}
