"""Option sets: stock ones stay stock, and a licence only adds to them."""

import pytest

from mlopt.core.licence import Licence, Precision
from mlopt.targets.cpu_options import (
    DATA_TILING,
    DEFAULT,
    FREE_OPTION_SETS,
    FREE_REWRITES,
    LICENSED_OPTION_SETS,
    MEMORY_OPTION_SETS,
    OPTION_SETS,
    REWRITES,
    SCHEDULE_FLAGS,
    SEARCHABLE,
    STOCK_OPTION_SETS,
    allowed_error,
    buffer_flags,
    compile_flags,
    free_rewrites_of,
    kernel_flags,
    licensed_rewrite_of,
    option_sets,
    rewrites_of,
    with_default_flags,
    without_rewrites,
)


def test_without_a_licence_stock_sets_come_first_and_free_rewrites_after_them():
    assert option_sets(None) == (*STOCK_OPTION_SETS, *FREE_OPTION_SETS)
    assert not any(map(rewrites_of, STOCK_OPTION_SETS))
    assert {rewrites_of(name) for name in FREE_OPTION_SETS} == set(FREE_REWRITES)
    assert STOCK_OPTION_SETS.keys().isdisjoint(FREE_OPTION_SETS)


@pytest.mark.parametrize("precision", Precision)
def test_a_licence_adds_its_own_after_them(precision):
    names = option_sets(Licence(precision, 0.02))
    added = names[len(option_sets(None)) :]
    assert names[0] == DEFAULT
    assert set(added) == set(LICENSED_OPTION_SETS[precision])
    assert {licensed_rewrite_of(n) for n in added} == set(REWRITES[precision])
    assert {free_rewrites_of(n) for n in added} == {(), *FREE_REWRITES}


@pytest.mark.parametrize(
    ("name", "free", "precision", "flags"),
    [
        ("joined+O2", "O2", "joined+O2", "joined"),
        ("joined+hoisted", "default", "joined+hoisted", "joined+hoisted"),
        ("hoisted+O0+dt", "O0+dt", "hoisted+O0+dt", "hoisted"),
        ("winograd+O2+dt", "O2+dt", "winograd+O2+dt", "winograd"),
        ("bf16+dt", "bf16+dt", "O0+dt", "bf16+dt"),
        ("hoisted+bf16+O2+dt", "bf16+O2+dt", "hoisted+O2+dt", "hoisted+bf16+O2+dt"),
        ("O2", "O2", "O2", "default"),
        ("int8-unsigned+O2+dt", "int8-unsigned+O2+dt", "O2+dt", "int8-unsigned+O2+dt"),
        ("joined+int8+O2+dt", "int8+O2+dt", "joined+O2+dt", "joined+int8+O2+dt"),
    ],
)
def test_each_part_of_a_name_can_be_taken_away(name, free, precision, flags):
    assert without_rewrites(name, free_rewrites_of(name)) == free
    licensed = licensed_rewrite_of(name)
    removed = () if licensed is None else (licensed,)
    assert without_rewrites(name, removed) == precision
    assert with_default_flags(name) == flags


@pytest.mark.parametrize("precision", Precision)
def test_only_what_a_licence_rewrote_may_be_as_far_off_as_it_allows(precision):
    licence = Licence(precision, 0.02)
    assert {allowed_error(name, licence) for name in STOCK_OPTION_SETS} == {0.0}
    rewritten = LICENSED_OPTION_SETS[precision]
    assert {allowed_error(name, licence) for name in rewritten} == {0.02}
    assert {allowed_error(name, None) for name in OPTION_SETS} == {0.0}
    others = {n for p in Precision if p != precision for n in LICENSED_OPTION_SETS[p]}
    assert {allowed_error(name, licence) for name in others} == {0.0}


def test_sets_that_save_memory_are_there_where_that_is_asked_for():
    assert set(MEMORY_OPTION_SETS).isdisjoint(option_sets(None))
    names = option_sets(None, saves_memory=True)
    assert names == (*option_sets(None), *MEMORY_OPTION_SETS)


@pytest.mark.parametrize("name", MEMORY_OPTION_SETS)
def test_a_set_that_saves_memory_has_the_kernels_of_a_stock_one(name):
    # Records of kernels are kept under these flags, and serve both.
    assert kernel_flags(name) in STOCK_OPTION_SETS.values()
    assert buffer_flags(name)
    assert {*kernel_flags(name), *buffer_flags(name)} == set(OPTION_SETS[name])
    assert name not in SEARCHABLE


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
