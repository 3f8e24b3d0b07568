"""The Workload: one dispatch of the partitioned program, the unit of tuning."""

import enum
from dataclasses import dataclass

from mlopt.core.tensors import TensorSpec


class WorkloadKind(enum.StrEnum):
    """What the root op is; decides which search space fits."""

    CONTRACTION = "contraction"
    CONVOLUTION = "convolution"
    REDUCTION = "reduction"
    ELEMENTWISE = "elementwise"
    OTHER = "other"


class IteratorType(enum.StrEnum):
    """How a loop of a structured op may be executed."""

    PARALLEL = "parallel"
    REDUCTION = "reduction"


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredOp:
    """One linalg op inside a dispatch, as far as scheduling needs to know it.

    Attributes:
        name: "linalg.matmul", "linalg.generic", ...
        extents: loop bounds, outermost first; -1 where unknown.
        iterators: one per loop.
        maps: one per operand (inputs, then inits): for each of the operand's
            dimensions the loop it is indexed by, or -1 where it is no plain loop.
        dtypes: element dtype per operand.
        sources: per operand the position in `Workload.ops` of the op that produces
            it, or -1 where it comes from a binding or an op without loops.
        combiner: of a reduction with one result the op that joins two elements,
            "arith.addf"; "" where that is not one op.
    """

    name: str
    extents: tuple[int, ...]
    iterators: tuple[IteratorType, ...]
    maps: tuple[tuple[int, ...], ...]
    dtypes: tuple[str, ...]
    num_inputs: int
    sources: tuple[int, ...] = ()
    combiner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A dispatch as a standalone module, with what identifies and describes it.

    Attributes:
        hash: structural; equal for equal kernels in different programs.
        executables: symbols of its flow.executables in the program's flow module
            (several when flow kept duplicates apart).
        entry: public function of `module`.
        module: MLIR text at the flow phase: the executable and a small caller.
        root: position in `ops` of the op a schedule is written on; None when no op
            can carry one, and the workload is then left to the compiler.
        num_dispatches: static call sites in the program.
        flops, num_bytes: of one call; bytes count every binding once.
        flags: compiler flags of its program's option set, beyond the target's. Part
            of the hash: with others it is another kernel to tune.
    """

    hash: str
    name: str
    kind: WorkloadKind
    executables: tuple[str, ...]
    entry: str
    module: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    ops: tuple[StructuredOp, ...]
    root: int | None
    num_dispatches: int
    flops: int
    num_bytes: int
    flags: tuple[str, ...] = ()

    @property
    def root_op(self) -> StructuredOp | None:
        """The op a schedule is written on, or None."""
        return None if self.root is None else self.ops[self.root]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A program cut at the flow phase.

    Attributes:
        flow: the whole program at the flow phase, MLIR bytecode.
        workloads: deduplicated, in order of first appearance.
        flags: compiler flags the partition was made with, beyond the target's.
    """

    flow: bytes
    workloads: tuple[Workload, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchTime:
    """In-situ time of one workload inside its program.

    Attributes:
        share: of the program's summed dispatch time, 0 to 1.
        latency_us: mean of one call.
        num_calls: calls in one run of the program.
    """

    workload: str
    share: float
    latency_us: float
    num_calls: int
