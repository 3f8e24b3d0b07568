"""What a program's peak memory consists of: the nouns that explanations show."""

from dataclasses import dataclass

from mlopt.core.tensors import TensorSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakMemory:
    """Device memory at its highest, as IREE counts it, in bytes.

    Attributes:
        resident_bytes: arguments and constants, there as long as the program is.
        pool_bytes: the highest sum of results and temporaries.
    """

    resident_bytes: int
    pool_bytes: int

    @property
    def total_bytes(self) -> int:
        """What reports call peak memory."""
        return self.resident_bytes + self.pool_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffer:
    """Temporaries of one shape that one kernel writes.

    Attributes:
        kernel: the function that writes them first; "fill" where that is no kernel.
        count: how many there are; not all of them at once, for space is reused.
    """

    kernel: str
    spec: TensorSpec
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryUse:
    """Peak memory of one program, taken apart.

    Attributes:
        arguments_bytes, results_bytes: dense sizes of the signature.
        buffers: temporaries before they are packed, the largest first.
    """

    peak: PeakMemory
    arguments_bytes: int
    results_bytes: int
    buffers: tuple[Buffer, ...]

    @property
    def constants_bytes(self) -> int:
        """What is resident besides the arguments."""
        return max(0, self.peak.resident_bytes - self.arguments_bytes)

    @property
    def transient_bytes(self) -> int:
        """What the pool holds at its highest besides the results."""
        return max(0, self.peak.pool_bytes - self.results_bytes)
