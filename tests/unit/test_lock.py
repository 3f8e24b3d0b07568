"""requirements.lock holds what pyproject.toml asks for, for any registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([\w.-]+)==([\w.+!]+)", LOCK, re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("line", WANTED)
def test_lock_satisfies_pyproject(line):
    wanted = Requirement(line)
    assert wanted.specifier.contains(PINS[canonicalize_name(wanted.name)])


def test_compiler_and_runtime_are_pinned_to_one_release():
    exact = {line for line in PROJECT["dependencies"] if "==" in line}
    assert len(exact) == 2
    assert PINS["iree-base-compiler"] == PINS["iree-base-runtime"]


def test_lock_names_no_registry():
    assert not re.findall(r"://|--(?:extra-)?index|--find-links|file:", LOCK)


def test_every_pin_has_a_hash():
    entries = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINS)
    assert not [e.splitlines()[0] for e in entries if "--hash=sha256:" not in e]
