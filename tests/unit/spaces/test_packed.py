"""Cache blocking and packing: which contractions, and what makes decisions legal."""

import pytest

from mlopt.search.space import elaborate_all

LEGAL = {
    "dist_m": 64,
    "dist_n": 48,
    "block_k": 128,
    "rows": 4,
    "columns": 16,
    "unroll_k": 4,
    "copy_rhs": "panel",
    "columns_outer": True,
    "fused": False,
}


@pytest.fixture
def offer(templates):
    """The packed space of a workload, and what its decisions mean."""

    def find(workload, target):
        found = elaborate_all(workload, target, templates)
        return next(o for o in found if o.space.name == "packed.contraction")

    return find


@pytest.fixture
def space_of(offer):
    return lambda workload, target: offer(workload, target).space


@pytest.fixture
def matmul(kernels, cpu, space_of):
    return space_of(kernels.matmul(128, 96, 256), cpu)


def test_the_example_is_legal_and_names_every_knob(matmul):
    assert [knob.name for knob in matmul.knobs] == list(LEGAL)
    assert matmul.violation(LEGAL) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": 32}, "columns must divide the workgroup tile"),
        ({"dist_m": 2}, "must not be taller than the workgroup tile"),
        ({"rows": 14, "columns": 24}, "fit into vector registers"),
        ({"block_k": 2}, "long enough to unroll"),
        ({"copy_rhs": "block", "dist_n": 192, "block_k": 256}, "thread's stack"),
        ({"fused": True}, "see all of k"),
        ({"fused": True, "block_k": 256, "copy_rhs": "block"}, "panels or nothing"),
        ({"columns_outer": False}, "loop over columns"),
    ],
)
def test_each_requirement_refuses_what_it_is_about(matmul, change, words):
    violation = matmul.violation(LEGAL | change)
    assert violation is not None
    assert words in violation


def test_workgroup_tiles_and_blocks_leave_no_rest(kernels, cpu, space_of):
    space = space_of(kernels.matmul(192, 320, 1000), cpu)
    values = {knob.name: knob.values for knob in space.knobs}
    for name, extent in (("dist_m", 192), ("dist_n", 320), ("block_k", 1000)):
        assert all(extent % int(size) == 0 for size in values[name])


def test_columns_are_whole_registers(kernels, cpu, wide_cpu, space_of):
    for target, lanes in ((cpu, 8), (wide_cpu, 16)):
        space = space_of(kernels.matmul(128, 96, 256), target)
        columns = next(knob for knob in space.knobs if knob.name == "columns")
        assert all(int(size) % lanes == 0 for size in columns.values)


def test_a_result_tile_that_an_epilogue_reads_takes_stack(kernels, cpu, space_of):
    large = LEGAL | {"dist_m": 256, "dist_n": 96}
    alone = space_of(kernels.matmul(256, 96, 256), cpu)
    followed = space_of(
        kernels.matmul(256, 96, 256, epilogue=[kernels.bias(256, 96)]), cpu
    )
    assert alone.violation(large) is None
    assert "stack" in (followed.violation(large) or "")


def steps(plan, op, **decisions):
    return [step for step in plan.steps(LEGAL | decisions) if step.op == f"mlopt.{op}"]


@pytest.mark.parametrize(
    ("dist_m", "rows", "main", "height"),
    [
        (64, 6, 60, 4),
        # Not 126 and a slow 2.
        (128, 6, 120, 4),
        (32, 5, 20, 4),
        (16, 6, 12, 4),
        # No count of main tiles leaves a multiple of 4: one short tile.
        (21, 2, 20, 1),
        (18, 4, 16, 2),
    ],
)
def test_rows_that_the_register_tile_does_not_divide_are_cut_off(
    kernels, cpu, offer, dist_m, rows, main, height
):
    plan = offer(kernels.matmul(dist_m, 96, 256), cpu)
    decided = {"dist_m": dist_m, "rows": rows, "copy_rhs": "block"}
    (split,) = steps(plan, "split", **decided)
    assert split.numbers == (main,)
    tiles = {tile.handles[0]: tile for tile in steps(plan, "tile", **decided)}
    first, second = (tiles[handle].sizes for handle in split.results)
    assert first == (rows, 16, 0)
    assert second == (height, 16, 0)
    assert (dist_m - main) % height == 0


@pytest.mark.parametrize("copy_rhs", ["none", "block", "panel"])
def test_rows_that_are_whole_are_not_cut(kernels, cpu, offer, copy_rhs):
    plan = offer(kernels.matmul(64, 96, 256), cpu)
    assert steps(plan, "split", rows=4, copy_rhs=copy_rhs) == []
    assert steps(plan, "peel", rows=4, copy_rhs=copy_rhs) == []


@pytest.mark.parametrize("decided", [{"fused": True, "block_k": 256}, {}])
def test_with_panels_ragged_rows_are_peeled(kernels, cpu, offer, decided):
    plan = offer(kernels.matmul(64, 96, 256), cpu)
    assert len(steps(plan, "peel", rows=6, **decided)) == 1
    assert steps(plan, "split", rows=6, **decided) == []


@pytest.mark.parametrize(("copy_rhs", "copies"), [("none", 0), ("block", 1)])
def test_what_is_copied_is_decided(kernels, cpu, offer, copy_rhs, copies):
    plan = offer(kernels.matmul(64, 96, 256), cpu)
    packed = steps(plan, "pack", copy_rhs=copy_rhs)
    assert [step.attributes["operand"] for step in packed] == [1] * copies


def test_k_is_cut_into_blocks_unless_one_block_is_all_of_it(kernels, cpu, offer):
    plan = offer(kernels.matmul(64, 96, 256), cpu)
    for block_k, expected in ((128, [(0, 0, 128)]), (256, [])):
        sizes = [tile.sizes for tile in steps(plan, "tile", block_k=block_k)]
        assert [s for s in sizes if s[:2] == (0, 0) and s[2] > 1] == expected
