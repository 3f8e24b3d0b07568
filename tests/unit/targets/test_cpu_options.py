"""Option sets: stock ones stay stock, and a licence only adds to them."""

import pytest

from mlopt.core.licence import Licence, Precision, Rewrite
from mlopt.targets.cpu_options import (
    DATA_TILING,
    DEFAULT,
    FREE_FORMS,
    FREE_OPTION_SETS,
    FREE_REWRITES,
    MEMORY_OPTION_SETS,
    OPTION_SETS,
    REWRITES,
    SCHEDULE_FLAGS,
    SEARCHABLE,
    STOCK_OPTION_SETS,
    allowed_error,
    buffer_flags,
    compile_flags,
    first_option_sets,
    free_rewrites_of,
    further_option_sets,
    is_pruned,
    kernel_flags,
    option_sets,
    precision_rewrite_of,
    prepacked,
    rewrites_of,
    tiled,
    unrolled,
    with_default_flags,
    without_rewrites,
)


def test_without_a_licence_stock_sets_come_first_and_free_rewrites_after_them():
    assert option_sets(None) == (*STOCK_OPTION_SETS, *FREE_OPTION_SETS)
    assert not any(map(rewrites_of, STOCK_OPTION_SETS))
    forms = {*FREE_FORMS}
    forms |= {(*form, Rewrite.PREPACKED) for form in ((), *FREE_FORMS)}
    assert {rewrites_of(name) for name in FREE_OPTION_SETS} == forms
    assert STOCK_OPTION_SETS.keys().isdisjoint(FREE_OPTION_SETS)


@pytest.mark.parametrize("precision", Precision)
def test_a_licence_adds_its_own_after_them(precision):
    names = option_sets(Licence(precision, 0.02))
    added = names[len(option_sets(None)) :]
    assert names[0] == DEFAULT
    assert set(added) == unpruned(precision)
    assert {precision_rewrite_of(n) for n in added} == set(REWRITES[precision])
    assert {free_rewrites_of(n) for n in added} == {(), *FREE_FORMS}


def unpruned(precision):
    """All sets of a precision without pruning."""
    return {
        name
        for name in OPTION_SETS
        if precision_rewrite_of(name) in REWRITES[precision] and not is_pruned(name)
    }


def test_pruned_sets_are_there_where_that_is_asked_for_and_nowhere_else():
    unasked = [None, *(Licence(precision, 0.02) for precision in Precision)]
    for licence in unasked:
        assert not any(map(is_pruned, option_sets(licence, saves_memory=True)))
    names = option_sets(Licence(pruning=True))
    added = names[len(option_sets(None)) :]
    assert added == ("pruned", "pruned+O2", "pruned+O0+dt", "pruned+O2+dt")
    assert {rewrites_of(name) for name in added} == {(Rewrite.PRUNED,)}
    assert {OPTION_SETS[name] for name in added} < set(STOCK_OPTION_SETS.values())
    assert {"pruned", "pruned+O2"} <= SEARCHABLE


@pytest.mark.parametrize("precision", Precision)
def test_pruning_comes_before_a_precision_that_is_asked_for_too(precision):
    both = set(option_sets(Licence(precision, 0.02, pruning=True)))
    alone = {
        *option_sets(Licence(precision, 0.02)),
        *option_sets(Licence(pruning=True)),
    }
    assert {rewrites_of(name) for name in both - alone} == {
        (Rewrite.PRUNED, narrower) for narrower in REWRITES[precision]
    }
    assert alone < both
    licence = Licence(precision, 0.02, pruning=True)
    assert {allowed_error(name, licence) for name in both - alone} == {0.02}
    assert allowed_error("pruned+O2", licence) == 0.0
    assert allowed_error("pruned+O2", Licence(pruning=True)) == 0.0


@pytest.mark.parametrize(
    ("name", "free", "precision", "flags"),
    [
        ("joined+O2", "O2", "joined+O2", "joined"),
        ("joined+hoisted", "default", "joined+hoisted", "joined+hoisted"),
        ("prepacked+O2", "O2", "prepacked+O2", "prepacked"),
        ("hoisted+prepacked", "default", "hoisted+prepacked", "hoisted+prepacked"),
        ("hoisted+O0+dt", "O0+dt", "hoisted+O0+dt", "hoisted"),
        ("winograd+O2+dt", "O2+dt", "winograd+O2+dt", "winograd"),
        ("bf16+dt", "bf16+dt", "O0+dt", "bf16+dt"),
        ("hoisted+bf16+O2+dt", "bf16+O2+dt", "hoisted+O2+dt", "hoisted+bf16+O2+dt"),
        ("unrolled+O2+dt", "O2+dt", "unrolled+O2+dt", "unrolled"),
        ("O2", "O2", "O2", "default"),
        ("int8-unsigned+O2+dt", "int8-unsigned+O2+dt", "O2+dt", "int8-unsigned+O2+dt"),
        ("joined+int8+O2+dt", "int8+O2+dt", "joined+O2+dt", "joined+int8+O2+dt"),
        ("pruned+O2", "pruned+O2", "pruned+O2", "pruned"),
        ("pruned+bf16+dt", "pruned+bf16+dt", "pruned+O0+dt", "pruned+bf16+dt"),
    ],
)
def test_each_part_of_a_name_can_be_taken_away(name, free, precision, flags):
    assert without_rewrites(name, free_rewrites_of(name)) == free
    narrower = precision_rewrite_of(name)
    removed = () if narrower is None else (narrower,)
    assert without_rewrites(name, removed) == precision
    assert with_default_flags(name) == flags


@pytest.mark.parametrize("precision", Precision)
def test_only_what_a_licence_rewrote_may_be_as_far_off_as_it_allows(precision):
    licence = Licence(precision, 0.02)
    assert {allowed_error(name, licence) for name in STOCK_OPTION_SETS} == {0.0}
    rewritten = unpruned(precision)
    assert {allowed_error(name, licence) for name in rewritten} == {0.02}
    assert {allowed_error(name, None) for name in OPTION_SETS} == {0.0}
    others = {n for p in Precision if p != precision for n in unpruned(p)}
    assert {allowed_error(name, licence) for name in others} == {0.0}


def test_a_form_is_prepacked_once_under_the_flags_that_made_it_fastest():
    ranking = ("hoisted+O2+dt", "hoisted+O2", "O3", "hoisted", "default", "O2")
    assert prepacked(ranking) == ["hoisted+prepacked+O2", "prepacked"]
    assert prepacked(("O3", "bf16+dt", "prepacked")) == []


@pytest.mark.parametrize(
    ("name", "ranking", "expected"),
    [
        ("prepacked", ("O3+dt", "O2", "O2+dt", "O0+dt"), "prepacked+O2+dt"),
        ("prepacked+O2", ("O0+dt", "O2+dt"), "prepacked+O0+dt"),
        ("hoisted+prepacked", ("hoisted+O2+dt",), "hoisted+prepacked+O2+dt"),
        ("prepacked", ("O3+dt", "O2", "default"), None),
        ("pruned", ("O0+dt",), "pruned+O0+dt"),
    ],
)
def test_the_rest_may_be_tiled_under_the_flags_that_made_that_fastest(
    name, ranking, expected
):
    assert tiled(name, ranking) == expected


def test_where_data_is_tiled_only_what_reads_panels_is_searched():
    both = DATA_TILING & SEARCHABLE
    assert {"prepacked+O2+dt", "winograd+prepacked+O0+dt"} <= both
    assert all(Rewrite.PREPACKED in rewrites_of(name) for name in both)


def test_constants_in_panels_are_not_among_what_is_timed_first():
    names = option_sets(None)
    assert not any("prepacked" in name for name in first_option_sets(names))
    further = further_option_sets(["joined", "hoisted"], names)
    assert further
    assert not any("prepacked" in name for name in further)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("default", "unrolled"),
        ("O2+dt", "unrolled+O2+dt"),
        ("joined+hoisted+O2", "joined+hoisted+unrolled+O2"),
        ("hoisted+bf16+dt", "hoisted+unrolled+bf16+dt"),
        ("winograd", None),
        ("unrolled+O2", None),
        ("O3", None),
    ],
)
def test_every_form_that_may_have_loops_has_one_without(name, expected):
    assert unrolled(name) == expected
    names = option_sets(Licence(Precision.BF16, 0.02))
    assert expected is None or expected in names
    assert expected not in first_option_sets(names)
    screens = ["+".join(rewrites) for rewrites in FREE_REWRITES]
    assert expected not in further_option_sets(screens, names)


def test_each_rewrite_of_a_form_without_loops_can_be_taken_away():
    for form in FREE_FORMS:
        name = next(n for n in FREE_OPTION_SETS if rewrites_of(n) == form)
        for rewrite in form:
            kept = rewrites_of(without_rewrites(name, {rewrite}))
            assert kept == tuple(r for r in form if r is not rewrite)


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
