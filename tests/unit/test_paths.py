"""The cache folder follows the one supported variable, then XDG, then home."""

from pathlib import Path

import pytest

from mlopt.paths import cache_dir


def test_own_variable_wins_over_xdg(monkeypatch, tmp_path):
    monkeypatch.setenv("MLOPT_CACHE_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_dir() == tmp_path / "own"


def test_relative_own_variable_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLOPT_CACHE_DIR", "here")
    assert cache_dir() == tmp_path / "here"


def test_xdg_cache_home_is_used_without_own_variable(monkeypatch, tmp_path):
    monkeypatch.delenv("MLOPT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_dir() == tmp_path / "xdg" / "mlopt"


@pytest.mark.parametrize("value", ["", "relative/folder"])
def test_unusable_xdg_cache_home_falls_back_to_home(monkeypatch, tmp_path, value):
    monkeypatch.delenv("MLOPT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache_dir() == tmp_path / ".cache" / "mlopt"
