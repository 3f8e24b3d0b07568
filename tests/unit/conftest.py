"""Workloads written down by hand, for tests that need no compiler."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mlopt.core.target import Target
from mlopt.core.tensors import TensorSpec
from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind

PARALLEL, REDUCTION = IteratorType.PARALLEL, IteratorType.REDUCTION


class Kernels:
    """Descriptions as the partition gives them; modules and signatures are empty."""

    def op(
        self,
        extents: Sequence[int],
        maps: Sequence[Sequence[int]],
        *,
        sources: Sequence[int] = (),
        num_reductions: int = 0,
        name: str = "linalg.generic",
        dtype: str = "float32",
        combiner: str = "arith.addf",
    ) -> StructuredOp:
        """An op whose last loops reduce; all but the last map are of inputs."""
        num_parallel = len(extents) - num_reductions
        return StructuredOp(
            name=name,
            extents=tuple(extents),
            iterators=(PARALLEL,) * num_parallel + (REDUCTION,) * num_reductions,
            maps=tuple(tuple(m) for m in maps),
            dtypes=(dtype,) * len(maps),
            num_inputs=len(maps) - 1,
            sources=tuple(sources) or (-1,) * len(maps),
            combiner=combiner if num_reductions else "",
        )

    def workload(
        self, kind: WorkloadKind, ops: Sequence[StructuredOp], root: int | None
    ) -> Workload:
        return Workload(
            hash="0123456789abcdef",
            name="kernel",
            kind=kind,
            executables=("main_dispatch_0",),
            entry="main",
            module="",
            inputs=(),
            outputs=(),
            ops=tuple(ops),
            root=root,
            num_dispatches=1,
            flops=1,
            num_bytes=1,
        )

    def paneled(
        self, m: int, panels: int, n: int, k: int, *, batch: int | None = None
    ) -> Workload:
        """A fill and a matmul whose right-hand side lies in panels of n columns."""
        b = () if batch is None else (0,)
        im, ip, i_n, ik = (len(b) + i for i in range(4))
        extents = (*(() if batch is None else (batch,)), m, panels, n, k)
        out = (*b, im, ip, i_n)
        fill = self.op(extents[:-1], ((), out), name="linalg.fill")
        root = self.op(
            extents,
            ((*b, im, ik), (*b, ip, ik, i_n), out),
            sources=(-1, -1, 0),
            num_reductions=1,
        )
        return self.workload(WorkloadKind.CONTRACTION, (fill, root), 1)

    def matmul(
        self,
        m: int,
        n: int,
        k: int,
        *,
        batch: int | None = None,
        rhs: Sequence[int] | None = None,
        epilogue: Sequence[StructuredOp] = (),
        dtype: str = "float32",
    ) -> Workload:
        """A fill, a matmul, and what follows it.

        Args:
            rhs: loops that index the second operand; (k, n) by default.
            epilogue: ops from position 2 on.
        """
        b = () if batch is None else (0,)
        im, i_n, ik = (len(b) + i for i in range(3))
        extents = (*(() if batch is None else (batch,)), m, n, k)
        out = (*b, im, i_n)
        fill = self.op(
            extents[:-1], ((), tuple(range(len(out)))), name="linalg.fill", dtype=dtype
        )
        root = self.op(
            extents,
            ((*b, im, ik), rhs if rhs is not None else (*b, ik, i_n), out),
            sources=(-1, -1, 0),
            num_reductions=1,
            name="linalg.matmul" if batch is None else "linalg.batch_matmul",
            dtype=dtype,
        )
        return self.workload(WorkloadKind.CONTRACTION, (fill, root, *epilogue), 1)

    def matrix_vector(self, n: int, k: int, *, turned: bool = False) -> Workload:
        """y[n] += A[n, k] x[k], or with the matrix turned, x[k] A[k, n]."""
        fill = self.op((n,), ((), (0,)), name="linalg.fill")
        maps = ((1,), (1, 0), (0,)) if turned else ((0, 1), (1,), (0,))
        root = self.op(
            (n, k),
            maps,
            sources=(-1, -1, 0),
            num_reductions=1,
            name="linalg.vecmat" if turned else "linalg.matvec",
        )
        return self.workload(WorkloadKind.CONTRACTION, (fill, root), 1)

    def bias(self, m: int, n: int) -> StructuredOp:
        """result[i, j] = matmul[i, j] + bias[j], after a matmul at position 1."""
        return self.op((m, n), ((0, 1), (1,), (0, 1)), sources=(1, -1, -1))

    def row_sum(self, rows: int, columns: int, *, divides: bool = False) -> Workload:
        """Sums of rows, and, if asked, the rows divided by them."""
        fill = self.op((rows,), ((), (0,)), name="linalg.fill")
        root = self.op(
            (rows, columns), ((0, 1), (0,)), sources=(-1, 0), num_reductions=1
        )
        division = self.op((rows, columns), ((0, 1), (0,), (0, 1)), sources=(-1, 1, -1))
        ops = (fill, root, division) if divides else (fill, root)
        return self.workload(WorkloadKind.REDUCTION, ops, 1)

    def softmax(
        self, extents: Sequence[int], *, after: Sequence[StructuredOp] = ()
    ) -> Workload:
        """Along the last loop; what is `after` reads position 0."""
        loops = tuple(range(len(extents)))
        root = self.op(
            extents,
            (loops, loops),
            num_reductions=1,
            name="linalg.softmax",
            combiner="",
        )
        return self.workload(WorkloadKind.REDUCTION, (root, *after), 0)

    def filter_gradient(self, extents: Sequence[int]) -> Workload:
        """Over (c, kh, kw, f, n, h, w)."""
        fill = self.op(extents[:4], ((), (0, 1, 2, 3)), name="linalg.fill")
        root = self.op(
            extents,
            ((0, -1, -1, 4), (4, 5, 6, 3), (0, 1, 2, 3)),
            sources=(-1, -1, 0),
            num_reductions=3,
        )
        return self.workload(WorkloadKind.CONVOLUTION, (fill, root), 1)

    def pooling(self, extents: Sequence[int]) -> Workload:
        """Over (n, h, w, c, kh, kw), or without n as the flow phase has one image."""
        images = len(extents) - 5
        window = (images + 3, images + 4)
        out = tuple(range(images + 3))
        fill = self.op(extents[: images + 3], ((), out), name="linalg.fill")
        image = (*range(images), -1, -1, images + 2)
        root = self.op(
            extents, (image, window, out), sources=(-1, -1, 0), num_reductions=2
        )
        shape = tuple(extents[: images + 3])
        return replace(
            self.workload(WorkloadKind.CONVOLUTION, (fill, root), 1),
            outputs=(TensorSpec(shape=shape, dtype="float32"),),
        )

    def elementwise(
        self, extents: Sequence[int], order: Sequence[int] | None = None
    ) -> Workload:
        """One op; `order` permutes how its input is read."""
        loops = tuple(range(len(extents)))
        op = self.op(extents, (order or loops, loops))
        return self.workload(WorkloadKind.ELEMENTWISE, (op,), 0)

    def convolution(self, extents: Sequence[int]) -> Workload:
        """Channels-last, over (n, h, w, f, kh, kw, c)."""
        fill = self.op(extents[:4], ((), (0, 1, 2, 3)), name="linalg.fill")
        root = self.op(
            extents,
            ((0, -1, -1, 6), (4, 5, 6, 3), (0, 1, 2, 3)),
            sources=(-1, -1, 0),
            num_reductions=3,
        )
        return self.workload(WorkloadKind.CONVOLUTION, (fill, root), 1)

    def convolution_of_one(
        self,
        extents: Sequence[int],
        *,
        stride: int = 1,
        stored_in: Sequence[int] | None = None,
    ) -> Workload:
        """As the flow phase has it for one image, over (h, w, f, kh, kw, c), and relu.

        Args:
            stored_in: shape of a larger tensor that the result is a part of.
        """
        height, width, channels, rows, columns, read = extents
        fill = self.op(extents[:3], ((), (0, 1, 2)), name="linalg.fill")
        root = self.op(
            extents,
            ((-1, -1, 5), (3, 4, 5, 2), (0, 1, 2)),
            sources=(-1, -1, 0),
            num_reductions=3,
        )
        relu = self.op(extents[:3], ((0, 1, 2), (0, 1, 2)), sources=(1, -1))
        image = tuple(
            stride * (n - 1) + k for n, k in ((height, rows), (width, columns))
        )
        workload = self.workload(WorkloadKind.CONVOLUTION, (fill, root, relu), 1)
        shape = tuple(stored_in or (height, width, channels))
        return replace(
            workload,
            inputs=(TensorSpec(shape=(*image, read), dtype="float32"),),
            outputs=(TensorSpec(shape=shape, dtype="float32"),),
        )

    def depthwise(self, extents: Sequence[int]) -> Workload:
        """A convolution of each channel alone, over (n, h, w, c, kh, kw)."""
        fill = self.op(extents[:4], ((), (0, 1, 2, 3)), name="linalg.fill")
        root = self.op(
            extents,
            ((0, -1, -1, 3), (4, 5, 3), (0, 1, 2, 3)),
            sources=(-1, -1, 0),
            num_reductions=2,
        )
        return self.workload(WorkloadKind.CONVOLUTION, (fill, root), 1)


@pytest.fixture(scope="session")
def kernels() -> Kernels:
    return Kernels()


@pytest.fixture(scope="session")
def cpu() -> Target:
    """A machine with 256-bit vectors."""
    return Target(
        kind="llvm-cpu",
        triple="x86_64-unknown-linux-gnu",
        cpu="znver3",
        features=("avx2", "fma"),
        num_cores=2,
        vector_bytes=32,
        l1d_bytes=32 << 10,
        l2_bytes=512 << 10,
        l3_bytes=16 << 20,
        compiler_version="3.13.0",
        compile_flags=(),
        device_uri="local-task",
    )


@pytest.fixture(scope="session")
def wide_cpu(cpu) -> Target:
    """The same with 512-bit vectors."""
    return replace(cpu, cpu="znver4", vector_bytes=64)
