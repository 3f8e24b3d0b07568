"""What spaces may ask, for kernels of every kind."""

import dataclasses

import pytest

from mlopt.core.workload import WorkloadKind
from mlopt.dialect.facts import facts_of, roles_of

OF_THE_TARGET = {
    "target.num_cores",
    "target.l1d_bytes",
    "target.l2_bytes",
    "workload.has_epilogue",
}


def flags(facts, name):
    """Positions of the loops for which a truth holds."""
    return [i for i, loop in enumerate(facts.loops) if loop[name]]


def test_a_matmul_tells_its_roles_and_extents(kernels, cpu):
    facts = facts_of(kernels.matmul(64, 96, 128), cpu)
    assert facts.roles == {"m": (0,), "n": (1,), "k": (2,), "batch": ()}
    assert facts.extents == {"m": 64, "n": 96, "k": 128, "batch": 1}
    assert [loop["extent"] for loop in facts.loops] == [64, 96, 128]
    assert flags(facts, "is_parallel") == [0, 1]
    assert flags(facts, "is_innermost") == [1]
    roles = [flags(facts, f"is_{role}") for role in ("batch", "m", "n", "k")]
    assert roles == [[], [0], [1], [2]]


def test_batch_loops_come_before_the_others(kernels, cpu):
    facts = facts_of(kernels.matmul(64, 32, 48, batch=4), cpu)
    assert facts.roles == {"m": (1,), "n": (2,), "k": (3,), "batch": (0,)}
    assert facts.extents["batch"] == 4
    assert flags(facts, "is_batch") == [0]


def test_panels_are_walked_like_a_batch(kernels, cpu):
    facts = facts_of(kernels.paneled(64, 6, 16, 48), cpu)
    assert facts.roles == {"m": (0,), "n": (2,), "k": (3,), "batch": (1,)}
    assert facts.extents == {"m": 64, "n": 16, "k": 48, "batch": 6}
    assert facts.properties["workload.has_panels"] == 1
    plain = facts_of(kernels.matmul(64, 96, 48, batch=4), cpu)
    assert plain.properties["workload.has_panels"] == 0


def test_another_layout_is_no_plain_contraction_but_has_loops_of_each_role(
    kernels, cpu
):
    facts = facts_of(kernels.matmul(64, 96, 128, rhs=(1, 2)), cpu)
    assert facts.roles == {}
    assert facts.extents == {}
    roles = [flags(facts, f"is_{role}") for role in ("m", "n", "k")]
    assert roles == [[0], [1], [2]]


def test_an_op_that_is_no_contraction_has_no_roles(kernels, cpu):
    workload = kernels.row_sum(64, 1000)
    assert roles_of(workload) == {}
    facts = facts_of(workload, cpu)
    assert all(not flags(facts, f"is_{role}") for role in ("batch", "m", "n", "k"))
    assert flags(facts, "is_innermost") == [0]


@pytest.mark.parametrize(
    ("dtype", "item", "lanes", "is_float32"),
    [
        ("float32", 4, 8, 1),
        ("bfloat16", 2, 16, 0),
        ("float64", 8, 4, 0),
        ("int8", 1, 32, 0),
        ("of_another_world", 4, 8, 0),
    ],
)
def test_a_register_holds_elements_of_the_result(
    kernels, cpu, dtype, item, lanes, is_float32
):
    properties = facts_of(kernels.matmul(64, 96, 128, dtype=dtype), cpu).properties
    assert properties["workload.item_bytes"] == item
    assert properties["target.vector_lanes"] == lanes
    assert properties["workload.is_float32"] == is_float32


def test_a_machine_without_vectors_has_one_lane(kernels, cpu):
    scalar = dataclasses.replace(cpu, vector_bytes=0)
    properties = facts_of(kernels.matmul(64, 96, 128), scalar).properties
    assert properties["target.vector_lanes"] == 1


def test_the_target_tells_its_cores_and_caches(kernels, cpu):
    properties = facts_of(kernels.matmul(64, 96, 128), cpu).properties
    assert properties["target.num_cores"] == 2
    assert properties["target.l1d_bytes"] == 32 << 10
    assert properties["target.l2_bytes"] == 512 << 10


def test_an_epilogue_is_told(kernels, cpu):
    alone = facts_of(kernels.matmul(64, 96, 128), cpu)
    bias = [kernels.bias(64, 96)]
    followed = facts_of(kernels.matmul(64, 96, 128, epilogue=bias), cpu)
    assert alone.properties["workload.has_epilogue"] == 0
    assert followed.properties["workload.has_epilogue"] == 1


def test_loops_that_only_a_fused_op_has_are_told(kernels, cpu):
    facts = facts_of(kernels.row_sum(64, 257, divides=True), cpu)
    assert facts.fused == ((0, -1),)
    assert facts.properties["workload.fused_extent"] == 257
    plain = facts_of(kernels.row_sum(64, 257), cpu)
    assert plain.fused == ()
    assert plain.properties["workload.fused_extent"] == 0


def test_what_waits_of_a_row_is_told_of_kernels_with_rows_alone(kernels, cpu):
    rows = facts_of(kernels.row_sum(64, 257, divides=True), cpu).properties
    assert rows["workload.row_bytes"] == 0
    assert rows["workload.is_chain"] == 0
    matmul = facts_of(kernels.matmul(64, 96, 128), cpu).properties
    assert "workload.row_bytes" not in matmul
    assert matmul["workload.is_chain"] == 0


def test_ops_that_the_roots_sizes_do_not_reach_make_a_chain(kernels, cpu):
    both = (0, 1)
    mean = kernels.row_sum(8, 32).ops
    centred = kernels.op((8, 32), (both, (0,), both), sources=(-1, 1, -1))
    square = kernels.op((8, 32), (both, (0,)), sources=(2, 0), num_reductions=1)
    ops = (*mean, centred, square)
    facts = facts_of(kernels.workload(WorkloadKind.REDUCTION, ops, 3), cpu)
    assert facts.properties["workload.row_bytes"] == 32 * 4
    # The mean feeds what feeds the root.
    assert facts.properties["workload.is_chain"] == 1


def test_a_softmax_has_the_loops_of_its_sum(kernels, cpu):
    facts = facts_of(kernels.softmax((12, 64, 130)), cpu)
    assert [loop["extent"] for loop in facts.loops] == [12, 64, 130]
    assert flags(facts, "is_parallel") == [0, 1]
    assert facts.properties["workload.keeps_its_loops"] == 0


def test_a_filters_gradient_and_a_pooling_have_loops_by_name(kernels, cpu):
    gradient = facts_of(kernels.filter_gradient((5, 3, 3, 20, 8, 9, 10)), cpu)
    assert gradient.extents["gradient_width"] == 10
    assert "height" not in gradient.extents
    pooled = facts_of(kernels.pooling((14, 16, 32, 2, 2)), cpu)
    assert pooled.extents["image"] == 1
    assert pooled.extents["width"] == 16
    assert pooled.properties["workload.keeps_its_loops"] == 0


def test_a_convolutions_loops_are_known_by_name(kernels, cpu):
    facts = facts_of(kernels.convolution((2, 16, 17, 32, 3, 5, 8)), cpu)
    assert facts.extents == {
        "image": 2,
        "height": 16,
        "width": 17,
        "channels": 32,
        "filter_height": 3,
        "filter_width": 5,
        "in_channels": 8,
    }
    assert facts.properties["workload.num_loops"] == 7


def test_a_depthwise_convolution_has_one_channel_to_read(kernels, cpu):
    facts = facts_of(kernels.depthwise((2, 16, 17, 32, 3, 5)), cpu)
    assert facts.extents["in_channels"] == 1
    assert facts.extents["channels"] == 32
    assert facts.properties["workload.num_loops"] == 6


def test_a_convolution_of_one_image_has_the_loops_of_code_generation(kernels, cpu):
    facts = facts_of(kernels.convolution_of_one((16, 17, 32, 3, 5, 8)), cpu)
    assert facts.extents["image"] == 1
    assert facts.extents["height"] == 16
    assert facts.properties["workload.num_loops"] == 7
    assert facts.properties["workload.keeps_its_loops"] == 0
    batch = facts_of(kernels.convolution((2, 16, 17, 32, 3, 5, 8)), cpu)
    assert batch.properties["workload.keeps_its_loops"] == 1


@pytest.mark.parametrize(("stride", "is_unit"), [(1, 1), (2, 0)])
def test_strides_are_read_off_the_input(kernels, cpu, stride, is_unit):
    workload = kernels.convolution_of_one((16, 17, 32, 3, 5, 8), stride=stride)
    assert facts_of(workload, cpu).properties["workload.has_unit_strides"] == is_unit


@pytest.mark.parametrize(("shape", "is_own"), [(None, 0), ((18, 19, 32), 1)])
def test_a_part_of_a_larger_tensor_is_stored_by_an_op_of_its_own(
    kernels, cpu, shape, is_own
):
    workload = kernels.convolution_of_one((16, 17, 32, 3, 5, 8), stored_in=shape)
    assert facts_of(workload, cpu).properties["workload.has_own_store"] == is_own


def test_without_static_extents_or_a_root_there_are_only_properties(kernels, cpu):
    ops = kernels.matmul(64, 96, 128).ops
    rootless = kernels.workload(WorkloadKind.OTHER, ops, None)
    for workload in (rootless, kernels.elementwise((-1, 64))):
        facts = facts_of(workload, cpu)
        assert (facts.extents, facts.loops, facts.roles) == ({}, (), {})
        assert set(facts.properties) == OF_THE_TARGET


def test_a_scalar_has_no_loops_but_a_type(kernels, cpu):
    facts = facts_of(kernels.elementwise(()), cpu)
    assert facts.loops == ()
    assert facts.properties["workload.num_loops"] == 0
    assert facts.properties["target.vector_lanes"] == 8
