"""What a PyTorch model of the benchmark is: a module, its inputs, the way back.

Imports torch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch

from mlopt.bench.peers.torch_models.weights import fill

Tensors: TypeAlias = tuple[Any, ...]
# The outputs as NumPy arrays, in JAX's layout -> what JAX returns, flat.
Restore: TypeAlias = Callable[[Sequence[np.ndarray]], list[np.ndarray]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchProgram:
    """A model with the weights and the inputs of its JAX program.

    Attributes:
        module: in evaluation mode.
        inputs: its arguments, in the layout that a PyTorch user keeps them in.
        restore: its outputs, flat and as NumPy arrays -> JAX's layout and order.
    """

    module: Any
    inputs: Tensors
    restore: Restore = list


def image_program(
    module: Any, weights: Mapping[str, np.ndarray], image: np.ndarray
) -> TorchProgram:
    """Of a network of images: channels first for PyTorch, last in memory.

    Args:
        image: (batch, height, width, channels).
    """
    fill(module, weights)
    module = module.eval().to(memory_format=torch.channels_last)
    # A view: contiguous channels last are what PyTorch calls channels_last.
    return TorchProgram(
        module=module, inputs=(torch.tensor(image).permute(0, 3, 1, 2),)
    )


def program(
    module: Any,
    weights: Mapping[str, np.ndarray],
    inputs: Tensors,
    restore: Restore = list,
) -> TorchProgram:
    """Of any other network."""
    fill(module, weights)
    return TorchProgram(module=module.eval(), inputs=inputs, restore=restore)
