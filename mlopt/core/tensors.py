"""Shapes and dtypes that cross stage borders, independent of JAX and IREE."""

import math
from dataclasses import dataclass
from typing import Final

# Bytes an element takes in memory; bool is one byte in JAX, IREE and NumPy alike.
ITEM_SIZES: Final = {
    "bool": 1,
    "int4": 1,
    "uint4": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "int32": 4,
    "uint32": 4,
    "int64": 8,
    "uint64": 8,
    "float16": 2,
    "bfloat16": 2,
    "float32": 4,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSpec:
    """A static shape and a NumPy (or ml_dtypes) dtype name; `()` is a scalar."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def num_elements(self) -> int:
        """Product of the extents; 1 for a scalar."""
        return math.prod(self.shape)

    @property
    def num_bytes(self) -> int:
        """Dense size in bytes.

        Raises:
            KeyError: a dtype without a known item size.
        """
        return self.num_elements * ITEM_SIZES[self.dtype]

    def __str__(self) -> str:
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"
