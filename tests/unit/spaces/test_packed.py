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
def space_of(templates):
    """The packed space of a workload."""

    def find(workload, target):
        found = elaborate_all(workload, target, templates)
        return next(o.space for o in found if o.space.name == "packed.contraction")

    return find


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
