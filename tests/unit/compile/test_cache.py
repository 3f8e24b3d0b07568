"""The artifact cache: hits, misses, and a disk that misbehaves."""

import logging
import os

import pytest

from mlopt.compile.cache import ArtifactCache, artifact_key
from mlopt.compile.options import CompileOptions

KEY = "ab" * 32
VMFB = b"\x00module\xff" * 1000


@pytest.fixture
def cache(tmp_path):
    return ArtifactCache(tmp_path)


def test_what_was_stored_is_found_again_by_another_instance(cache, tmp_path):
    path = cache.store(KEY, VMFB)
    assert ArtifactCache(tmp_path).lookup(KEY) == VMFB
    assert path is not None
    assert path.read_bytes() == VMFB
    assert cache.path(KEY) == path


def test_an_unknown_key_is_a_miss(cache):
    cache.store(KEY, VMFB)
    assert cache.lookup("ab" * 31 + "ac") is None
    assert cache.path("cd" * 32) is None


@pytest.mark.parametrize("damage", [b"", VMFB[:-1], b"X" + VMFB[1:]])
def test_a_damaged_file_is_a_miss_said_once_and_can_be_stored_again(
    cache, damage, caplog
):
    path = cache.store(KEY, VMFB)
    path.write_bytes(damage)
    assert cache.lookup(KEY) is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert cache.lookup(KEY) is None
    assert len(caplog.records) == 1
    cache.store(KEY, VMFB)
    assert cache.lookup(KEY) == VMFB


def test_storing_twice_keeps_one_file_and_leaves_no_partial_one(cache, tmp_path):
    cache.store(KEY, VMFB)
    cache.store(KEY, VMFB)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [cache.path(KEY)]


def test_a_folder_that_cannot_be_written_loses_the_entry_only(tmp_path):
    # Permissions do not stop root; a file where the folder should be does.
    (tmp_path / "artifacts").write_text("in the way")
    cache = ArtifactCache(tmp_path)
    assert cache.store(KEY, VMFB) is None
    assert cache.lookup(KEY) is None
    assert cache.path(KEY) is None


def test_a_failed_write_leaves_no_partial_file(cache, tmp_path):
    # The rename fails: a folder of that name is in the way.
    target = cache.store(KEY, VMFB)
    target.unlink()
    target.mkdir()
    assert cache.store(KEY, VMFB) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def key(**changes):
    facts = {
        "module": b"module",
        "options": CompileOptions(("--a",)),
        "compiler_version": "3.13.0",
        "schedules": {"d0": "s0", "d1": "s1"},
        "role": "flow",
    }
    facts |= changes
    return artifact_key(facts.pop("module"), **facts)


@pytest.mark.parametrize(
    "change",
    [
        {"module": b"another"},
        {"options": CompileOptions(("--b",))},
        {"compiler_version": "3.14.0"},
        {"schedules": {"d0": "s0"}},
        {"schedules": {"d0": "s1", "d1": "s0"}},
        {"schedules": None},
        {"schedules": {"d0": "s0d1", "": "s1"}},
        {"role": "program"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_input_is_part_of_the_key(change):
    assert key(**change) != key()


def test_the_key_is_stable_and_ignores_the_order_of_schedules():
    assert key(schedules={"d1": "s1", "d0": "s0"}) == key()
    assert key(module="module") == key()
    assert len(key()) == 64


def test_the_longest_unused_modules_go_first(cache):
    keys = [f"{i}{i}" * 32 for i in range(4)]
    for age, key in enumerate(reversed(keys)):
        path = cache.store(key, VMFB)
        os.utime(path, (1e9 - age, 1e9 - age))
    assert cache.lookup(keys[0]) == VMFB  # the oldest, but used now
    cache.trim(2 * len(VMFB))
    assert [bool(cache.path(key)) for key in keys] == [True, False, False, True]
    cache.trim(0)
    assert not any(cache.path(key) for key in keys)


def test_a_cache_that_is_not_there_needs_no_trimming(tmp_path):
    ArtifactCache(tmp_path / "missing").trim(0)
