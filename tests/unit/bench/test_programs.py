"""The programs are what their names say."""

import pytest

from mlopt.bench.programs import cases
from mlopt.frontend.source import load_source, split_reference


def loaded(case):
    path, name = split_reference(case.source)
    assert name is not None
    return load_source(path, name)


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("matmul_256x1024x256", [(256, 256), (256, 1024)]),
        ("matmul_64x3072x768", [(64, 768), (768, 3072)]),
    ],
)
def test_a_product_has_the_extents_of_its_name(name, shapes):
    case = next(case for case in cases(quick=False) if case.name == name)
    assert [array.shape for array in loaded(case).args] == shapes
    assert all(array.dtype == "float32" for array in loaded(case).args)


def test_quick_cases_are_other_programs_with_the_same_names():
    full, quick = cases(quick=False), cases(quick=True)
    assert [case.name for case in full] == [case.name for case in quick]
    assert not {case.source for case in full} & {case.source for case in quick}
    assert len({case.source for case in quick}) == len(quick)


def test_every_quick_program_runs():
    for case in cases(quick=True):
        source = loaded(case)
        assert source.function(*source.args).size
