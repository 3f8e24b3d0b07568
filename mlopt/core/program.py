"""The Program: what the user gave us, once, as linalg on tensors."""

import hashlib
from dataclasses import dataclass

from mlopt.core.tensors import TensorSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A whole program in the dialects IREE's global optimization accepts.

    Attributes:
        name: what reports call it; never part of a key.
        module: MLIR bytecode of one module (linalg on tensors and friends).
        entry: symbol of its one public function.
        inputs, outputs: the flattened signature, in order.
    """

    name: str
    module: bytes
    entry: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]

    @property
    def digest(self) -> str:
        """Content hash of the module; equal programs written twice share it."""
        return hashlib.sha256(self.module).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinalgForm:
    """What is done to a program on linalg; no result changes by more than its order.

    Attributes:
        is_left_unsigned: products of int8 get an unsigned left operand.
        panel_lanes: constant right-hand sides of float32 products lie in panels of
            vectors of so many elements; None leaves them as they are.
    """

    is_left_unsigned: bool = False
    panel_lanes: int | None = None


AS_IT_IS = LinalgForm()
