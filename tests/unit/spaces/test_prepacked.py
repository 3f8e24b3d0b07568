"""Register tiles over panels of constants: which kernels, and what is legal."""

import pytest

SPACE = "prepacked.contraction"
LEGAL = {"dist_m": 64, "block_k": 256, "rows": 6, "unroll_k": 4}


@pytest.fixture
def space(kernels, offers):
    return offers(kernels.paneled(128, 6, 16, 512))[SPACE].space


def test_only_columns_in_panels_are_offered_it(kernels, offers):
    offered = offers(kernels.paneled(128, 6, 16, 512))
    assert SPACE in offered
    assert "packed.contraction" not in offered  # there is nothing left to pack
    assert "configured.contraction" in offered
    assert SPACE in offers(kernels.paneled(128, 6, 16, 512, batch=3))
    plain = offers(kernels.matmul(128, 96, 512))
    assert SPACE not in plain
    assert "packed.contraction" in plain


@pytest.mark.parametrize(
    "shape", [(128, 6, 12, 512), (1, 6, 16, 512)], ids=["half vectors", "one row"]
)
def test_what_no_register_tile_fits_is_left_to_the_compiler(kernels, offers, shape):
    assert SPACE not in offers(kernels.paneled(*shape))


def test_the_example_is_legal_and_names_every_knob(space):
    assert [knob.name for knob in space.knobs] == list(LEGAL)
    assert space.violation(LEGAL) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dist_m": 8, "rows": 12}, "must not be taller than the workgroup tile"),
        ({"rows": 14, "wide": True}, "fit into vector registers"),
    ],
)
def test_each_requirement_refuses_what_it_is_about(
    kernels, offers, space, change, words
):
    if change.pop("wide", False):
        space = offers(kernels.paneled(128, 6, 32, 512))[SPACE].space
    violation = space.violation(LEGAL | change)
    assert violation is not None
    assert words in violation


def test_result_tiles_wait_on_the_stack_only_between_blocks_of_k(kernels, offers):
    space = offers(kernels.paneled(512, 6, 32, 512))[SPACE].space
    tall = LEGAL | {"dist_m": 512, "rows": 4}
    violation = space.violation(tall)
    assert violation is not None
    assert "worker thread's stack" in violation
    assert space.violation(tall | {"block_k": 512}) is None


@pytest.mark.parametrize(("lanes", "rows"), [(8, 6), (16, 12)])
def test_experts_fill_the_registers_first(kernels, offers, cpu, wide_cpu, lanes, rows):
    target = {8: cpu, 16: wide_cpu}[lanes]
    plan = offers(kernels.paneled(128, 6, 2 * lanes, 512), target)[SPACE]
    first = dict(plan.experts[0].decisions)
    assert first["rows"] == rows
    assert first["block_k"] == 512
