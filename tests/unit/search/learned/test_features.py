"""Features: what their names say, and nothing of what a kernel is called."""

import dataclasses

import numpy as np
import pytest

from mlopt.search.encoding import encode
from mlopt.search.learned.features import NAMES, TARGET_NAMES, describe
from mlopt.search.sampling import default_trace, sample

PACKED = "packed.contraction"
DECISIONS = {
    "dist_m": 64,
    "dist_n": 48,
    "block_k": 128,
    "rows": 4,
    "columns": 16,
    "unroll_k": 8,
    "copy_rhs": "block",
    "columns_outer": False,
    "fused": False,
}
KERNEL = np.array([1.0, 2.0])


@pytest.fixture
def described(plan_of, cpu):
    def describe_one(workload, name=PACKED, decisions=DECISIONS, target=cpu):
        plan = plan_of(workload, name)
        trace = default_trace(plan.space)
        known = dict(trace.decisions)
        pairs = tuple((k, decisions.get(k, known[k])) for k in known)
        trace = dataclasses.replace(trace, decisions=pairs)
        indices = np.array([encode(plan.space, trace)])
        (row,) = describe(plan, workload, target, indices, KERNEL)
        assert row.dtype == np.float32
        assert len(row) == len(NAMES) + len(TARGET_NAMES) + len(KERNEL)
        return dict(zip(NAMES, row.tolist(), strict=False)), row

    return describe_one


def test_they_are_what_they_are_called(kernels, described):
    named, row = described(kernels.matmul(128, 96, 256))
    assert named["inner.extent"] == pytest.approx(np.log2(97))
    assert named["outer.workgroup"] == pytest.approx(np.log2(65))
    assert named["sum.cache"] == pytest.approx(np.log2(129))
    # (64 x 128 + 128 x 48 + 64 x 48) floats, each product of which is used once.
    num_bytes = 4 * (64 * 128 + 128 * 48 + 64 * 48)
    assert named["cache.bytes"] == pytest.approx(np.log2(1 + num_bytes))
    work = 2 * 64 * 48 * 128
    assert named["cache.intensity"] == pytest.approx(np.log2(1 + work / num_bytes))
    assert named["workgroups"] == pytest.approx(np.log2(1 + 2 * 2))
    assert named["idle_share"] == 0.0
    # Four rows of two vectors of eight.
    assert named["accumulators"] == pytest.approx(np.log2(1 + 4 * 2))
    assert named["inner.is_whole"] == 1.0
    assert (named["copies_lhs"], named["copies_rhs"]) == (0.0, 1.0)
    assert row[-2:].tolist() == KERNEL.tolist()


def test_waste_is_what_sizes_that_do_not_divide_cost(kernels, described):
    named, _ = described(
        kernels.matmul(128, 96, 256), decisions=DECISIONS | {"rows": 6}
    )
    # 64 rows are 11 tiles of 6.
    assert named["outer.register.waste"] == pytest.approx(np.log2(66 / 64))
    assert named["inner.register.waste"] == 0.0


def test_names_and_code_play_no_part(kernels, described):
    workload = kernels.matmul(128, 96, 256)
    other = dataclasses.replace(
        workload,
        hash="ffff",
        name="another",
        executables=("x",),
        entry="y",
        module="module @z {}",
    )
    assert described(workload)[1].tolist() == described(other)[1].tolist()


def test_all_are_finite_for_every_space(kernels, templates, cpu):
    from mlopt.search.space import elaborate_all

    rng = np.random.default_rng(0)
    for workload in (
        kernels.matmul(127, 131, 129),
        kernels.matrix_vector(131, 129, turned=True),
        kernels.softmax((12, 64, 130)),
        kernels.elementwise((96, 128), (1, 0)),
        kernels.convolution((2, 13, 13, 17, 3, 3, 3)),
    ):
        for plan in elaborate_all(workload, cpu, templates):
            traces = [sample(plan.space, rng) for _ in range(8)]
            indices = np.array([encode(plan.space, trace) for trace in traces])
            found = describe(plan, workload, cpu, indices, KERNEL)
            assert np.isfinite(found).all()
            assert len({tuple(row) for row in found.tolist()}) > 1
