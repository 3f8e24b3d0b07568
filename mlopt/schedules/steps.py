"""The steps of a scripted schedule: each of the mlopt dialect as transform IR.

Runs in a worker: imports iree.compiler.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from mlopt.core.errors import ScheduleError
from mlopt.core.loops import divisors
from mlopt.core.template import at
from mlopt.core.workload import IteratorType
from mlopt.dialect.elaboration import Step
from mlopt.dialect.facts import roles_of
from mlopt.schedules import script
from mlopt.schedules.kernel import Kernel, Payload, payloads

_SIDES: Final = ("lhs", "rhs")


def take(kernel: Kernel, step: Step) -> None:
    """Emit one step.

    Raises:
        ScheduleError: the workload has not what it needs, with file and line.
    """
    try:
        results = _STEPS[step.op](kernel, step)
    except ScheduleError as error:
        raise ScheduleError(at(step.place, error)) from error
    kernel.handles |= dict(zip(step.results, results, strict=True))


_Results = Sequence[Sequence[Payload]]


def _targets(kernel: Kernel, step: Step) -> Sequence[Payload]:
    return kernel.handles[step.handles[0]]


def _payload(kernel: Kernel, step: Step) -> _Results:
    return [payloads(kernel, str(step.attributes["ops"]))]


def _sizes(step: Step, payload: Payload) -> list[int]:
    """Sizes of the root's loops, in the order of an op's own.

    Without the zeros at the end, which mean the same as no size.
    """
    sizes = step.sizes
    assert sizes is not None
    loops = payload.loops
    own = [payload.alone if loop < 0 else sizes[loop] or 0 for loop in loops]
    while own and not own[-1]:
        own.pop()
    return own


def _order(
    kernel: Kernel, step: Step, loops: Sequence[int], num_sizes: int
) -> list[int]:
    """The loop order in which two roles change places; empty is the op's own."""
    exchange = step.attributes["exchange"]
    if not exchange:
        return []
    roles = roles_of(kernel.workload)
    if not roles:
        raise ScheduleError("the workload is no plain contraction")
    first, second = (loops.index(roles[role][0]) for role in exchange)
    order = list(range(max(num_sizes, first + 1, second + 1)))
    order[first], order[second] = order[second], order[first]
    return order


def _sequence(verb: str, rank: int, order: Sequence[int] = ()) -> str:
    """The library's name for tiling so many loops in some order."""
    suffix = f"_by_{''.join(map(str, order))}" if order else ""
    return f"mlopt_{verb}_{rank}{suffix}"


def _tile(kernel: Kernel, step: Step) -> _Results:
    tiled, inner = [], []
    for payload in _targets(kernel, step):
        sizes = _sizes(step, payload)
        num_loops = sum(1 for size in sizes if size)
        if not num_loops:
            continue
        order = _order(kernel, step, payload.loops, len(sizes))
        sizes += [0] * (len(order) - len(sizes))
        name = _sequence("tile", len(sizes), order)
        if name in kernel.library:
            op, *loops = kernel.include(name, payload, sizes)
        else:
            op, loops = script.tile(kernel.handle_of(payload), sizes, order)
        tiled.append(Payload(op, payload.loops))
        inner.append(Payload(loops[num_loops - 1]))
    return tiled, inner


def _fuse(kernel: Kernel, step: Step) -> _Results:
    (payload,) = _targets(kernel, step)
    sizes = _sizes(step, payload)
    order = _order(kernel, step, payload.loops, len(sizes))
    sizes += [0] * (len(order) - len(sizes))
    name = _sequence("fuse", len(sizes), order)
    if name in kernel.library:
        op, *loops = kernel.include(name, payload, sizes)
    else:
        op, loops = script.fuse_into_loops(kernel.handle_of(payload), sizes, order)
    inner = loops[sum(1 for size in sizes if size) - 1]
    return [Payload(op, payload.loops)], [Payload(inner)]


def _parallelize(kernel: Kernel, step: Step) -> _Results:
    (payload,) = _targets(kernel, step)
    sizes = _sizes(step, payload)
    name = _sequence("distribute", len(sizes))
    # The workgroups of the library's are of as many loops as there are sizes.
    if name in kernel.library and all(sizes):
        tiled, forall = kernel.include(name, payload, sizes)
    else:
        tiled, forall = script.fuse_into_forall(kernel.handle_of(payload), sizes)
    return [Payload(tiled, payload.loops)], [Payload(forall)]


def _interchange(kernel: Kernel, step: Step) -> _Results:
    order = step.attributes["permutation"]
    found = []
    for payload in _targets(kernel, step):
        if len(order) != len(payload.loops):
            raise ScheduleError(
                f"{len(order)} loops to reorder of {len(payload.loops)}"
            )
        handle = script.interchange(kernel.handle_of(payload), order)
        found.append(Payload(handle, tuple(payload.loops[i] for i in order)))
    return [found]


def _pack(kernel: Kernel, step: Step) -> _Results:
    operand = step.attributes["operand"]
    found = []
    for payload in _targets(kernel, step):
        (handle,) = kernel.include(f"mlopt_copy_{_SIDES[operand]}", payload)
        found.append(Payload(handle, kernel.root.maps[operand]))
    return [found]


def _pad(kernel: Kernel, step: Step) -> _Results:
    found = []
    for payload in _targets(kernel, step):
        sizes = _sizes(step, payload)
        sizes += [0] * (len(payload.loops) - len(sizes))
        multiples = [size or 1 for size in sizes]
        handle = script.pad(kernel.handle_of(payload), multiples, kernel.root.dtypes)
        found.append(Payload(handle, payload.loops))
    return [found]


def _split(kernel: Kernel, step: Step) -> _Results:
    (payload,) = _targets(kernel, step)
    roles = roles_of(kernel.workload)
    if not roles:
        raise ScheduleError("the workload is no plain contraction")
    loop = payload.loops.index(roles[str(step.attributes["loop"])][0])
    first, rest = script.split_loop(
        kernel.handle_of(payload), loop, int(step.numbers[0])
    )
    return [Payload(first, payload.loops)], [Payload(rest, payload.loops)]


def _fold_unit_loops(kernel: Kernel, step: Step) -> _Results:
    sizes = step.sizes
    assert sizes is not None
    whole = zip(sizes, kernel.root.extents, strict=True)
    left = [loop for loop, (size, extent) in enumerate(whole) if (size or extent) != 1]
    found = []
    for payload in _targets(kernel, step):
        (handle,) = kernel.include("mlopt_fold_unit_loops", payload)
        found.append(Payload(handle, tuple(left)))
    return [found]


def _tile_row(kernel: Kernel, step: Step) -> _Results:
    width = int(step.numbers[0])
    for payload in _targets(kernel, step):
        op = payload.op
        if op is None:
            raise ScheduleError("'mlopt.tile_row' is for ops of rows")
        sizes = [1 if loop < 0 else 0 for loop in payload.loops]
        along = max(i for i, size in enumerate(sizes) if size)
        sizes[along] = min(width, op.extents[along])
        handle = kernel.handle_of(payload)
        if IteratorType.REDUCTION not in op.iterators:
            loop = script.tile(handle, sizes)[1][-1]
        else:
            # Of several loops there is no handle to the last one, to be peeled.
            if sum(1 for size in sizes if size) > 1:
                fits = [d for d in divisors(op.extents[along]) if d <= width]
                sizes[along] = fits[-1]
            loop = script.tile_reduction(handle, sizes)
        if op.extents[along] % sizes[along]:
            kernel.include("mlopt_peel", Payload(loop))
    return ()


def _peel(kernel: Kernel, step: Step) -> _Results:
    for payload in _targets(kernel, step):
        kernel.include("mlopt_peel", payload)
    return ()


def _unroll(kernel: Kernel, step: Step) -> _Results:
    factor = int(step.numbers[0])
    for payload in _targets(kernel, step) if factor > 1 else ():
        script.unroll(kernel.handle_of(payload), factor)
    return ()


def _hoist(kernel: Kernel, step: Step) -> _Results:
    for payload in _targets(kernel, step):
        kernel.include("mlopt_hoist_invariants", payload)
    return ()


def _vectorize(kernel: Kernel, step: Step) -> _Results:
    for payload in _targets(kernel, step):
        kernel.include("mlopt_vectorize", payload)
    return ()


def _include(kernel: Kernel, step: Step) -> _Results:
    numbers = [int(number) for number in step.numbers]
    for payload in _targets(kernel, step):
        kernel.include(str(step.attributes["sequence"]), payload, numbers)
    return ()


_STEPS: Final[Mapping[str, Callable[[Kernel, Step], _Results]]] = {
    "mlopt.payload": _payload,
    "mlopt.tile": _tile,
    "mlopt.fuse": _fuse,
    "mlopt.parallelize": _parallelize,
    "mlopt.interchange": _interchange,
    "mlopt.pack": _pack,
    "mlopt.pad": _pad,
    "mlopt.split": _split,
    "mlopt.fold_unit_loops": _fold_unit_loops,
    "mlopt.tile_row": _tile_row,
    "mlopt.peel": _peel,
    "mlopt.unroll": _unroll,
    "mlopt.hoist": _hoist,
    "mlopt.vectorize": _vectorize,
    "mlopt.include": _include,
}
