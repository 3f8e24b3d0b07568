"""Who could take part, without importing anybody."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from mlopt.bench.peers import standing
from mlopt.bench.peers.standing import Peer, standings, torch_model
from mlopt.bench.suites import entries


@pytest.fixture
def installed(monkeypatch):
    """A set of the packages that are said to be installed."""
    packages: set[str] = set()

    def version(name):
        if name not in packages:
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setenv("CXX", sys.executable)
    return packages


def reasons():
    return {str(peer): found.reason for peer, found in standings().items()}


def test_without_packages_all_say_that_they_are_not_installed(installed):
    assert reasons() == dict.fromkeys(map(str, Peer), "not installed")
    assert standing.versions() == {}


def test_what_an_outcome_depends_on_are_versions_or_the_reason(installed):
    installed |= {"torch", "onnx", "onnxruntime"}
    found = {str(peer): str(each) for peer, each in standings().items()}
    assert found == {
        "torch": "torch 1.0",
        "torch.compile": "torch 1.0",
        "onnxruntime": "onnxscript not installed",
        "openvino": "not installed",
    }
    assert standing.versions() == {"torch": "1.0"}


def test_torch_compile_needs_a_compiler(installed, monkeypatch):
    installed.add("torch")
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert reasons()["torch.compile"] == "no C++ compiler"
    assert reasons()["torch"] == ""


def test_every_model_of_inference_has_a_pytorch_model_and_nothing_else_has():
    for entry in entries():
        is_model = "/models/" in Path(entry.source).as_posix()
        is_inference = is_model and "training" not in entry.name
        assert (torch_model(entry.source) is not None) is is_inference, entry.name


def test_asking_imports_no_framework():
    code = (
        "import sys, mlopt.bench.peers.inviting as i; i.standings();"
        "print([m for m in ('torch', 'onnxruntime', 'openvino') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
