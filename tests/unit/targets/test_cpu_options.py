"""Option sets: stock ones stay stock, and a licence only adds to them."""

import pytest

from mlopt.core.licence import Licence, Precision
from mlopt.targets.cpu_options import (
    DATA_TILING,
    DEFAULT,
    LICENSED_OPTION_SETS,
    OPTION_SETS,
    REWRITES,
    SCHEDULE_FLAGS,
    STOCK_OPTION_SETS,
    allowed_error,
    compile_flags,
    option_sets,
    rewrite_of,
)


def test_without_a_licence_only_stock_sets_are_used():
    assert option_sets(None) == tuple(STOCK_OPTION_SETS)
    assert not any(map(rewrite_of, STOCK_OPTION_SETS))


def test_a_licence_adds_its_own_after_them():
    names = option_sets(Licence(Precision.BF16, 0.02))
    added = names[len(STOCK_OPTION_SETS) :]
    assert names[0] == DEFAULT
    assert set(added) == set(LICENSED_OPTION_SETS[Precision.BF16])
    assert {rewrite_of(name) for name in added} == set(REWRITES[Precision.BF16])


def test_only_what_a_licence_rewrote_may_be_as_far_off_as_it_allows():
    licence = Licence(Precision.BF16, 0.02)
    assert {allowed_error(name, licence) for name in STOCK_OPTION_SETS} == {0.0}
    rewritten = LICENSED_OPTION_SETS[Precision.BF16]
    assert {allowed_error(name, licence) for name in rewritten} == {0.02}
    assert {allowed_error(name, None) for name in OPTION_SETS} == {0.0}


def test_data_tiling_is_known_by_its_flag():
    tiled = {n for n, f in OPTION_SETS.items() if "--iree-opt-data-tiling" in f}
    assert tiled == DATA_TILING


@pytest.mark.parametrize("name", OPTION_SETS)
def test_every_flag_is_given_once(name):
    flags = compile_flags(("--target=x",), name, is_scheduled=True)
    options = [flag.split("=")[0] for flag in flags]
    assert len(set(options)) == len(options)
    assert flags[0] == "--target=x"
    assert set(SCHEDULE_FLAGS) <= set(flags)
