"""What steps say of sizes: by hand, for each kind of schedule."""

import numpy as np
import pytest

from mlopt.dialect.facts import facts_of
from mlopt.search.learned.features import decisions_of
from mlopt.search.learned.tiles import tiles_of
from mlopt.search.sampling import sample

PACKED = "packed.contraction"
CONFIGURED = "configured.contraction"
ROW_PRODUCTS = "scripted.row_products"


def rows(*sizes):
    return [list(sizes)]


def test_a_script_has_workgroups_blocks_and_registers(kernels, tiles):
    packed = tiles(
        kernels.matmul(128, 96, 256),
        PACKED,
        dist_m=64,
        dist_n=48,
        block_k=128,
        rows=4,
        columns=16,
        unroll_k=8,
        copy_rhs="block",
        columns_outer=False,
        fused=False,
    )
    assert packed.workgroup.tolist() == rows(64, 48, 256)
    # k is walked step by step within a block.
    assert packed.register.tolist() == rows(4, 16, 1)
    assert packed.cache.tolist() == rows(64, 48, 128)
    assert packed.unroll.tolist() == [8]
    assert packed.copies.tolist() == [[False, True]]
    assert packed.is_scripted.all() and not packed.is_peeled.any()


def test_what_alternative_was_taken_decides_what_is_copied(kernels, tiles):
    copies = [
        tiles(kernels.matmul(128, 96, 256), PACKED, copy_rhs=how).copies.tolist()
        for how in ("none", "block", "panel")
    ]
    assert copies == [[[False, False]], [[False, True]], [[False, True]]]


def test_levels_of_the_compilers_own_pipeline(kernels, tiles):
    decisions = {"dist0": 64, "vec0": 8, "cache0": 32, "dist1": 48, "vec1": 16}
    decisions |= {"cache1": 0, "vec2": 4, "cache2": 64}
    configured = tiles(kernels.matmul(128, 96, 256), CONFIGURED, **decisions, peel=True)
    assert configured.workgroup.tolist() == rows(64, 48, 256)
    assert configured.cache.tolist() == rows(32, 48, 64)
    assert configured.register.tolist() == rows(8, 16, 4)
    assert configured.is_peeled.all() and not configured.is_scripted.any()
    masked = tiles(kernels.matmul(128, 96, 256), CONFIGURED, **decisions, peel=False)
    assert not masked.is_peeled.any()


def test_no_size_is_more_than_the_loop_or_the_level_around_it(kernels, tiles):
    small = tiles(kernels.matmul(6, 24, 40), CONFIGURED, dist0=512, vec0=16, cache0=64)
    for sizes in (small.workgroup, small.cache, small.register):
        assert (sizes <= np.array([6, 24, 40])).all()


def test_rows_are_summed_as_wide_as_they_say(kernels, tiles):
    cut = tiles(
        kernels.matrix_vector(768, 3072), ROW_PRODUCTS, dist0=64, rows0=4, width=16
    )
    assert cut.workgroup.tolist() == rows(64, 3072)
    assert cut.register.tolist() == rows(4, 16)


@pytest.mark.parametrize("name", [PACKED, CONFIGURED])
def test_many_traces_at_once_are_those_one_by_one(
    kernels, plan_of, indices_of, cpu, name
):
    workload = kernels.matmul(128, 96, 256, epilogue=[kernels.bias(128, 96)])
    plan, facts = plan_of(workload, name), facts_of(workload, cpu)
    rng = np.random.default_rng(0)
    indices = indices_of(plan, [sample(plan.space, rng) for _ in range(20)])
    together = tiles_of(plan, facts, decisions_of(plan.space, indices))
    for i in range(20):
        alone = tiles_of(plan, facts, decisions_of(plan.space, indices[i : i + 1]))
        for field in ("workgroup", "cache", "register", "unroll", "copies"):
            assert getattr(alone, field)[0].tolist() == (
                getattr(together, field)[i].tolist()
            )


def test_every_shipped_space_can_be_followed(kernels, templates, cpu):
    from mlopt.search.space import elaborate_all

    workloads = [
        kernels.matmul(64, 96, 128),
        kernels.matmul(64, 32, 48, batch=4),
        kernels.matrix_vector(768, 3072),
        kernels.row_sum(64, 1000),
        kernels.softmax((12, 64, 130)),
        kernels.elementwise((96, 128), (1, 0)),
        kernels.convolution((2, 16, 16, 32, 3, 3, 16)),
    ]
    for workload in workloads:
        facts = facts_of(workload, cpu)
        for plan in elaborate_all(workload, cpu, templates):
            cut = tiles_of(plan, facts, {})
            assert (cut.register >= 1).all()
            assert (cut.register <= cut.cache).all()
            assert (cut.cache <= cut.workgroup).all()
            parallel = [i for i, x in enumerate(facts.loops) if x["is_parallel"]]
            extents = np.array([facts.loops[i]["extent"] for i in parallel])
            if extents.prod() > 1:
                assert (cut.register[:, parallel] < extents).any()
