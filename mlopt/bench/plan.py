"""What the benchmark's worker is told and what it answers, as values.

NumPy and core only: both sides import this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPlan:
    """How peers take turns.

    Attributes:
        num_turns: samples of each peer.
        min_sample_s: a peer is called again and again until this is over.
        watch_s: how long each peer is watched, once, for threads that go on
            polling after its calls; 0.0 for peers without threads.
    """

    num_turns: int
    min_sample_s: float
    watch_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestSpec:
    """One program: its modules, and what they are timed beside.

    Attributes:
        source: `file.py:name` of the JAX function.
        modules: VM flatbuffers by name.
        inputs: the example arguments of the function, flat.
        peer: "jax.jit" or "numpy".
        reduction_length: the longest sum in it, which scales the tolerance.
        constants: positions of the arguments that are part of the program, for
            `jax.jit` too; they are not among the inputs.
        accuracy: a relative error that is accepted even if larger.
        has_guests: whether other frameworks take part: `Seated` has what they need.
    """

    source: str
    modules: Mapping[str, bytes]
    entry: str
    inputs: tuple[np.ndarray, ...]
    peer: str
    reduction_length: int
    constants: tuple[int, ...]
    accuracy: float
    device_uri: str
    num_threads: int
    has_guests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A model for another framework.

    Attributes:
        weights: the arrays of the first argument, by their path in it.
        inputs: those of the other arguments, flat.
        references: what `jax.jit` gives, flat.
    """

    weights: Mapping[str, np.ndarray]
    inputs: tuple[np.ndarray, ...]
    references: tuple[np.ndarray, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """What came of a contest's modules before anything was timed.

    Attributes:
        names: of all that can be timed now.
        max_relative_error: by name of the module, against `jax.jit`.
        material: None unless guests were announced.
    """

    names: tuple[str, ...]
    max_relative_error: Mapping[str, float]
    material: Material | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestTimes:
    """What came out.

    Attributes:
        latency_us: samples by name, the peer's included; sample i is of turn i.
        max_relative_error: by name of the module or guest, against `jax.jit`.
        pauses_s: by name, the quiet time that was kept after it.
        rushed_us: a few samples without any pause, to tell what pauses are worth;
            empty where nobody needs one, and with guests.
        absent: by name of the guest that has no times, the sentence that says why.
    """

    latency_us: Mapping[str, tuple[float, ...]]
    max_relative_error: Mapping[str, float]
    pauses_s: Mapping[str, float]
    rushed_us: Mapping[str, tuple[float, ...]]
    absent: Mapping[str, str] = field(default_factory=dict)

    def with_twins(self, twins: Mapping[str, str]) -> "ContestTimes":
        """The same, also under the names of modules that were not timed themselves.

        Args:
            twins: every module by the name that its code was timed under.
        """

        def spread(by_name: Mapping[str, T]) -> dict[str, T]:
            return {
                **by_name,
                **{name: by_name[t] for name, t in twins.items() if t in by_name},
            }

        return ContestTimes(
            latency_us=spread(self.latency_us),
            max_relative_error=spread(self.max_relative_error),
            pauses_s=spread(self.pauses_s),
            rushed_us=spread(self.rushed_us),
            absent=self.absent,
        )
