"""What it costs to judge decisions and to count a space of millions of points."""

import math
import statistics
import sys
import time
from itertools import islice

import numpy as np
import pytest

from mlopt.core.candidate import Space
from mlopt.core.target import Target
from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind
from mlopt.search.counting import count_legal, draw_legal, legal
from mlopt.search.enumeration import enumerate_legal
from mlopt.search.space import spaces_for

MIN_PER_S = 100_000
NUM_POINTS = 1_000_000


@pytest.fixture(params=["packed.contraction", "configured.contraction"])
def space(request, templates) -> Space:
    """Of a matmul of 768x3072x3072."""
    root = StructuredOp(
        name="linalg.matmul",
        extents=(768, 3072, 3072),
        iterators=(IteratorType.PARALLEL,) * 2 + (IteratorType.REDUCTION,),
        maps=((0, 2), (2, 1), (0, 1)),
        dtypes=("float32",) * 3,
        num_inputs=2,
        sources=(-1, -1, -1),
    )
    workload = Workload(
        hash="0",
        name="matmul",
        kind=WorkloadKind.CONTRACTION,
        executables=(),
        entry="",
        module="",
        inputs=(),
        outputs=(),
        ops=(root,),
        root=0,
        num_dispatches=1,
        flops=1,
        num_bytes=1,
    )
    target = Target(
        kind="llvm-cpu",
        triple="",
        cpu="",
        features=(),
        num_cores=2,
        vector_bytes=32,
        l1d_bytes=32 << 10,
        l2_bytes=512 << 10,
        l3_bytes=16 << 20,
        compiler_version="",
        compile_flags=(),
        device_uri="",
    )
    offered = spaces_for(workload, target, templates).spaces
    return next(each for each in offered if each.name == request.param)


def test_a_hundred_thousand_decisions_are_judged_in_a_second(space, capsys):
    sizes = [len(knob.values) for knob in space.knobs]
    rows = np.random.default_rng(0).integers(sizes, size=(NUM_POINTS, len(sizes)))
    start = time.perf_counter()
    num_legal = int(legal(space, rows).sum())
    rate = NUM_POINTS / (time.perf_counter() - start)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{space.name}: {rate:,.0f} decisions/s judged, {num_legal} legal\n"
        )
    assert rate >= MIN_PER_S


def test_a_space_of_more_than_a_million_points_is_counted(space, capsys):
    num_points = math.prod(len(knob.values) for knob in space.knobs)
    assert num_points > NUM_POINTS
    start = time.perf_counter()
    found = count_legal(space)
    elapsed = time.perf_counter() - start
    with capsys.disabled():
        sys.stdout.write(
            f"\n{space.name}: {found:,} of {num_points:,} points are legal, "
            f"counted in {elapsed:.1f} s, {num_points / elapsed:,.0f} points/s\n"
        )
    assert num_points / elapsed >= MIN_PER_S


def test_a_hundred_thousand_legal_choices_are_drawn_in_a_second(space):
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    rows = draw_legal(space, MIN_PER_S, rng, max_drawn=100 * MIN_PER_S)
    assert len(rows) / (time.perf_counter() - start) >= MIN_PER_S


@pytest.mark.parametrize("space", ["packed.contraction"], indirect=True)
def test_traces_in_blocks_cost_a_fifth_of_traces_one_by_one(space):
    """Where requirements read late knobs; elsewhere both cost the same."""

    def elapsed(**limits):
        start = time.perf_counter()
        assert (
            sum(1 for _ in islice(enumerate_legal(space, **limits), 20_000)) == 20_000
        )
        return time.perf_counter() - start

    # In turns: one pair alone says more about the machine than about the code.
    ratios = [elapsed(max_nodes=10**9) / elapsed() for _ in range(5)]
    assert statistics.median(ratios) >= 5
