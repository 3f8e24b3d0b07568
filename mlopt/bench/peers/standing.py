"""Which peers could take part on this machine, and with which programs?

Reads the metadata of packages, and imports none of them.
"""

import enum
import importlib.metadata
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_NOT_INSTALLED: Final = "not installed"
# What TorchInductor calls when nothing else is said.
_CXX: Final = "g++"


class Peer(enum.StrEnum):
    """A framework, in one way to run it; the name is that of its samples."""

    TORCH = "torch"
    TORCH_COMPILE = "torch.compile"
    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"


# ONNX comes from the PyTorch module.
_EXPORTER: Final = ("torch", "onnx", "onnxscript")
_PACKAGES: Final[Mapping[Peer, tuple[str, ...]]] = {
    Peer.TORCH: ("torch",),
    Peer.TORCH_COMPILE: ("torch",),
    Peer.ONNXRUNTIME: ("onnxruntime", *_EXPORTER),
    Peer.OPENVINO: ("openvino", *_EXPORTER),
}

# The module of `torch_models` that has the model, by the model's name.
_MODELS: Final[Mapping[str, str]] = {
    "resnet18": "vision",
    "mobilenet_v2": "vision",
    "cnn": "vision",
    "detector": "detection",
    "lstm_generator": "text_generators",
    "gru_generator": "text_generators",
    "bert_layers": "transformers",
    "gpt_prefill": "transformers",
    "gpt_decode": "transformers",
    "mlp_regressor": "mlp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a peer can be tried.

    Attributes:
        versions: of its packages, by name.
        reason: why it cannot; "" when it can.
    """

    versions: Mapping[str, str]
    reason: str

    def __str__(self) -> str:
        """What an outcome with this peer depends on."""
        return self.reason or ", ".join(f"{n} {v}" for n, v in self.versions.items())


def standings() -> dict[Peer, Standing]:
    """Of every peer, here and now."""
    return {peer: _standing(peer) for peer in Peer}


def versions() -> dict[str, str]:
    """Of all packages of peers that can be tried."""
    return {n: v for standing in standings().values() for n, v in _usable(standing)}


def torch_model(source: str) -> str | None:
    """`module:function` of the PyTorch model like a program of the benchmark.

    Args:
        source: `file.py:name` of the program.

    Returns:
        None where nobody has written one: operators, training steps.
    """
    name = source.rpartition(":")[2]
    return f"{_MODELS[name]}:{name}" if name in _MODELS else None


def _usable(standing: Standing) -> list[tuple[str, str]]:
    return [] if standing.reason else list(standing.versions.items())


def _standing(peer: Peer) -> Standing:
    found = {name: _version(name) for name in _PACKAGES[peer]}
    versions = {name: version for name, version in found.items() if version}
    missing = [name for name in found if name not in versions]
    return Standing(versions=versions, reason=_reason(peer, missing))


def _reason(peer: Peer, missing: list[str]) -> str:
    own = _PACKAGES[peer][0]
    if own in missing:
        return _NOT_INSTALLED
    if missing:
        return f"{', '.join(missing)} {_NOT_INSTALLED}"
    if peer is Peer.TORCH_COMPILE and not shutil.which(os.environ.get("CXX", _CXX)):
        return "no C++ compiler"
    return ""


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
