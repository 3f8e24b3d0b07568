"""Which spaces a workload is offered, and that their first guesses are legal."""

from dataclasses import replace

import numpy as np
import pytest

from mlopt.core.workload import WorkloadKind
from mlopt.search.sampling import default_trace, sample
from mlopt.search.space import spaces_for

CONFIGURED = "configured.contraction"
VECTOR = "configured.matrix_vector"
REDUCTION = "configured.reduction"
ROWS = "scripted.rows"
ROW_PRODUCTS = "scripted.row_products"
ELEMENTWISE = "configured.elementwise"
CONVOLUTION = "configured.convolution"
DIRECT = "direct.convolution"
DEPTHWISE = "configured.depthwise"
PACKED = "packed.contraction"

OFFERS = {
    "matmul": (lambda k: k.matmul(64, 96, 128), {PACKED, CONFIGURED}),
    "matmul with bias": (
        lambda k: k.matmul(64, 96, 128, epilogue=[k.bias(64, 96)]),
        {PACKED, CONFIGURED},
    ),
    "wide k": (lambda k: k.matmul(256, 256, 1000), {PACKED, CONFIGURED}),
    "batch": (lambda k: k.matmul(64, 32, 48, batch=4), {PACKED, CONFIGURED}),
    # No lane-wide columns to pack.
    "primes": (lambda k: k.matmul(127, 131, 129), {CONFIGURED}),
    # One row reuses nothing.
    "row": (lambda k: k.matmul(1, 768, 768), {CONFIGURED}),
    "matrix vector": (
        lambda k: k.matrix_vector(768, 3072),
        {CONFIGURED, VECTOR, ROW_PRODUCTS},
    ),
    "vector matrix": (
        lambda k: k.matrix_vector(131, 129, turned=True),
        {CONFIGURED, VECTOR},
    ),
    "transposed": (lambda k: k.matmul(64, 96, 128, rhs=(1, 2)), {CONFIGURED}),
    "bfloat16": (lambda k: k.matmul(64, 96, 128, dtype="bfloat16"), {CONFIGURED}),
    "int32": (lambda k: k.matmul(64, 96, 128, dtype="int32"), {CONFIGURED}),
    "row sum": (lambda k: k.row_sum(64, 1000), {REDUCTION, ROWS}),
    "row division": (lambda k: k.row_sum(64, 257, divides=True), {REDUCTION, ROWS}),
    "softmax": (lambda k: k.softmax((12, 64, 130)), {ROWS}),
    "vector": (lambda k: k.elementwise((1000,)), {ELEMENTWISE}),
    "scalar": (lambda k: k.elementwise(()), {ELEMENTWISE}),
    "transpose": (lambda k: k.elementwise((96, 128), (1, 0)), {ELEMENTWISE}),
    "rank 5": (
        lambda k: k.elementwise((2, 3, 4, 5, 16), (4, 2, 0, 3, 1)),
        {ELEMENTWISE},
    ),
    "convolution": (
        lambda k: k.convolution((2, 16, 16, 32, 3, 3, 16)),
        {CONVOLUTION, DIRECT},
    ),
    "odd convolution": (
        lambda k: k.convolution((2, 13, 13, 17, 3, 3, 3)),
        {CONVOLUTION, DIRECT},
    ),
    "gradient of a filter": (
        lambda k: k.filter_gradient((17, 3, 3, 33, 2, 9, 9)),
        {"direct.filter_gradient"},
    ),
    "pooling": (
        lambda k: k.pooling((2, 14, 16, 20, 2, 2)),
        {DEPTHWISE, "direct.depthwise"},
    ),
    "one image, pooled": (
        lambda k: k.pooling((14, 16, 20, 2, 2)),
        {"direct.depthwise"},
    ),
    "depthwise": (
        lambda k: k.depthwise((2, 16, 16, 32, 3, 3)),
        {DEPTHWISE, "direct.depthwise"},
    ),
}


@pytest.mark.parametrize("name", OFFERS)
def test_a_workload_is_offered_what_fits_it(kernels, cpu, templates, name):
    make, expected = OFFERS[name]
    offer = spaces_for(make(kernels), cpu, templates)
    assert {space.name for space in offer.spaces} == expected


@pytest.mark.parametrize("name", OFFERS)
@pytest.mark.parametrize("machine", ["cpu", "wide_cpu"])
def test_every_seed_is_a_legal_trace_of_an_offered_space(
    kernels, request, templates, machine, name
):
    make, _ = OFFERS[name]
    offer = spaces_for(make(kernels), request.getfixturevalue(machine), templates)
    spaces = {space.name: space for space in offer.spaces}
    assert offer.seeds
    assert len(set(offer.seeds)) == len(offer.seeds)
    for seed in offer.seeds:
        space = spaces[seed.space]
        decisions = dict(seed.decisions)
        assert list(decisions) == [knob.name for knob in space.knobs]
        assert all(decisions[knob.name] in knob.values for knob in space.knobs)
        assert space.violation(decisions) is None


@pytest.mark.parametrize("name", OFFERS)
def test_every_space_can_be_sampled_and_has_a_legal_default(
    kernels, cpu, templates, name
):
    make, _ = OFFERS[name]
    rng = np.random.default_rng(0)
    for space in spaces_for(make(kernels), cpu, templates).spaces:
        for trace in (default_trace(space), *(sample(space, rng) for _ in range(20))):
            assert space.violation(dict(trace.decisions)) is None


@pytest.mark.parametrize("name", ["matmul", "row sum", "transpose", "convolution"])
def test_wider_vectors_give_other_spaces(kernels, cpu, wide_cpu, templates, name):
    make, _ = OFFERS[name]
    narrow, wide = (
        spaces_for(make(kernels), machine, templates) for machine in (cpu, wide_cpu)
    )
    for one, other in zip(narrow.spaces, wide.spaces, strict=True):
        assert one.name == other.name
        assert one.knobs != other.knobs
    assert narrow.seeds != wide.seeds


def test_a_space_depends_on_the_vectors_of_a_machine_not_on_its_cores(
    kernels, cpu, templates
):
    workload = kernels.matmul(64, 96, 128)
    many = spaces_for(workload, replace(cpu, num_cores=64), templates)
    assert [s.knobs for s in many.spaces] == [
        s.knobs for s in spaces_for(workload, cpu, templates).spaces
    ]


def test_without_a_root_nothing_is_offered(kernels, cpu, templates):
    ops = kernels.matmul(64, 96, 128).ops
    offer = spaces_for(kernels.workload(WorkloadKind.OTHER, ops, None), cpu, templates)
    assert offer.spaces == ()
    assert offer.seeds == ()


def test_unknown_extents_are_offered_nothing(kernels, cpu, templates):
    assert spaces_for(kernels.elementwise((-1, 64)), cpu, templates).spaces == ()


def test_a_convolution_in_another_layout_is_offered_nothing(kernels, cpu, templates):
    # Channels first: (n, f, h, w, c, kh, kw).
    maps = ((0, 4, -1, -1), (1, 4, 5, 6), (0, 1, 2, 3))
    root = kernels.op((2, 32, 16, 16, 16, 3, 3), maps, num_reductions=3)
    workload = kernels.workload(WorkloadKind.CONVOLUTION, (root,), 0)
    assert spaces_for(workload, cpu, templates).spaces == ()
