"""From the arrays of a flax module to the parameters of the PyTorch module like it.

Imports torch.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import torch
from torch import nn

from mlopt.core.errors import InputError

Arrays = Mapping[str, np.ndarray]
# The gates of an LSTM in PyTorch's order; flax calls its fields so, but for `if`.
_GATES: Final = "ifgo"


def fill(module: Any, arrays: Arrays) -> None:
    """Give a module the parameters of the flax module that it mirrors.

    Args:
        arrays: by their path in the flax module, "blocks.0.norm.scale".

    Raises:
        InputError: an array has no place, or a parameter got no array.
    """
    state: dict[str, np.ndarray] = {}
    used: set[str] = set()
    for path, part in module.named_modules():
        convert = _CONVERTED.get(type(part))
        if convert is None:
            continue
        prefix = f"{path}."
        own = {n[len(prefix) :]: a for n, a in arrays.items() if n.startswith(prefix)}
        used |= {prefix + name for name in own}
        state |= {prefix + name: array for name, array in convert(own).items()}
    if unused := sorted(set(arrays) - used):
        raise InputError(f"the PyTorch model has no place for {', '.join(unused)}")
    copies = {name: torch.tensor(array) for name, array in state.items()}
    missing, surplus = module.load_state_dict(copies, strict=False)
    # Batches that a norm has seen in training are of no interest.
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or surplus:
        names = ", ".join((*missing, *surplus))
        raise InputError(f"the PyTorch model and the flax model differ in {names}")


def _dense(arrays: Arrays) -> dict[str, np.ndarray]:
    return {"weight": arrays["kernel"].T, **_bias(arrays)}


def _convolution(arrays: Arrays) -> dict[str, np.ndarray]:
    """(height, width, in, out) -> (out, in, height, width)."""
    return {"weight": arrays["kernel"].transpose(3, 2, 0, 1), **_bias(arrays)}


def _batch_norm(arrays: Arrays) -> dict[str, np.ndarray]:
    running = {"running_mean": arrays["mean"], "running_var": arrays["var"]}
    return {**_layer_norm(arrays), **running}


def _layer_norm(arrays: Arrays) -> dict[str, np.ndarray]:
    return {"weight": arrays["scale"], "bias": arrays["bias"]}


def _embedding(arrays: Arrays) -> dict[str, np.ndarray]:
    return {"weight": arrays["embedding"]}


def _bias(arrays: Arrays) -> dict[str, np.ndarray]:
    return {"bias": arrays["bias"]} if "bias" in arrays else {}


def _lstm(arrays: Arrays) -> dict[str, np.ndarray]:
    """A dense layer a gate in flax, in PyTorch one for all; an input has no bias."""
    of_input = [f"i{gate}_" if gate == "f" else f"i{gate}" for gate in _GATES]
    bias = np.concatenate([arrays[f"h{gate}.bias"] for gate in _GATES])
    inputs = np.concatenate([arrays[f"{name}.kernel"].T for name in of_input])
    hidden = np.concatenate([arrays[f"h{gate}.kernel"].T for gate in _GATES])
    return _recurrent(inputs, hidden, np.zeros_like(bias), bias)


def _gru(arrays: Arrays) -> dict[str, np.ndarray]:
    """Both order the gates as reset, update, new; flax's hidden state has no bias."""
    inputs, hidden = arrays["dense_i.kernel"].T, arrays["dense_h.kernel"].T
    bias = arrays["dense_i.bias"]
    return _recurrent(inputs, hidden, bias, np.zeros_like(bias))


def _recurrent(
    inputs: np.ndarray, hidden: np.ndarray, of_input: np.ndarray, of_hidden: np.ndarray
) -> dict[str, np.ndarray]:
    return {
        "weight_ih_l0": inputs,
        "weight_hh_l0": hidden,
        "bias_ih_l0": of_input,
        "bias_hh_l0": of_hidden,
    }


_Convert = Callable[[Arrays], dict[str, np.ndarray]]
_CONVERTED: Final[Mapping[type, _Convert]] = {
    nn.Linear: _dense,
    nn.Conv2d: _convolution,
    nn.BatchNorm2d: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.Embedding: _embedding,
    nn.LSTM: _lstm,
    nn.GRU: _gru,
}
