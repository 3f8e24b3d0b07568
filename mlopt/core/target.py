"""The Target: what we compile for. Part of every record's key."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One device kind on one machine, with the compiler that serves it.

    Attributes:
        kind: "llvm-cpu", later "vulkan", "cuda", "tpu".
        cpu: the microarchitecture as LLVM names it ("znver3"), or the GPU's name.
        features: sorted LLVM feature names without "+", only those that are on.
        num_cores: cores candidates may use; also the runtime's thread count.
        vector_bytes: widest vector register.
        l1d_bytes, l2_bytes: per core; l3_bytes: shared. 0 when unknown.
        compiler_version: IREE's, exactly.
        compile_flags: what every compile for this target passes, in order.
        device_uri: the IREE HAL device to run on ("local-task").
    """

    kind: str
    triple: str
    cpu: str
    features: tuple[str, ...]
    num_cores: int
    vector_bytes: int
    l1d_bytes: int
    l2_bytes: int
    l3_bytes: int
    compiler_version: str
    compile_flags: tuple[str, ...]
    device_uri: str

    @property
    def key(self) -> str:
        """Identity for records: what changes generated code or its speed.

        The compiler's version is a column of its own, so that records of two
        versions can be compared.
        """
        features = hashlib.sha256(",".join(self.features).encode()).hexdigest()[:8]
        return f"{self.kind}/{self.triple}/{self.cpu}/{self.num_cores}c/{features}"
