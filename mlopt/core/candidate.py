"""Decisions about one workload: knobs, traces, candidates, and their schedule."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mlopt.core.errors import SpaceError

Value: TypeAlias = int | str | bool
# Any, not Value: requirements are arithmetic over values whose knobs are integers.
Decisions: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """A named choice among values; the default is one of them."""

    name: str
    values: tuple[Value, ...]
    default: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A legality condition over decisions; True = legal.

    `holds` is arithmetic only, so it also accepts NumPy arrays in place of values.
    """

    sentence: str
    holds: Callable[[Decisions], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A parametric schedule: its knobs in decision order and what makes them legal.

    Attributes:
        name: which schedule template reads the decisions ("configured.contraction").
        version: part of every record's key; changes when the meaning of a knob does.

    Raises:
        SpaceError: duplicate knob names, an empty knob, a default outside its values.
    """

    name: str
    version: str
    knobs: tuple[Knob, ...]
    requirements: tuple[Requirement, ...] = ()

    def __post_init__(self) -> None:
        names = [knob.name for knob in self.knobs]
        if len(set(names)) != len(names):
            raise SpaceError(f"space {self.name} names a knob twice: {names}")
        for knob in self.knobs:
            if knob.default not in knob.values:
                raise SpaceError(
                    f"knob {knob.name} of space {self.name} has default "
                    f"{knob.default!r}, which is not among its values {knob.values}"
                )

    def violation(self, decisions: Decisions) -> str | None:
        """The sentence of the first requirement that fails, or None when legal."""
        for requirement in self.requirements:
            if not requirement.holds(decisions):
                return requirement.sentence
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Ordered decisions in one space. The empty trace is the compiler's own choice."""

    space: str
    decisions: tuple[tuple[str, Value], ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether nothing was decided."""
        return not self.decisions

    def to_json(self) -> str:
        """Canonical text: equal traces give equal bytes."""
        return json.dumps(
            {"space": self.space, "decisions": [list(d) for d in self.decisions]},
            separators=(",", ":"),
        )

    @staticmethod
    def from_json(text: str) -> "Trace":
        """Inverse of `to_json`.

        Raises:
            ValueError: not a trace.
        """
        match json.loads(text):
            case {"space": str(space), "decisions": list(pairs)}:
                pass
            case _:
                raise ValueError(f"not a trace: {text[:80]}")
        decisions = []
        for pair in pairs:
            match pair:
                case [str(name), int() | str() | bool() as value]:
                    decisions.append((name, value))
                case _:
                    raise ValueError(f"not a decision: {pair!r}")
        return Trace(space=space, decisions=tuple(decisions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A trace for a workload, with an id; candidate 0 is the compiler's own choice."""

    workload: str
    trace: Trace

    @property
    def id(self) -> str:
        """Content hash; "0" for the compiler's own choice."""
        if self.trace.is_default:
            return "0"
        text = f"{self.workload} {self.trace.to_json()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The transform-dialect module a candidate becomes.

    Attributes:
        script: MLIR text; parsed and verified. Empty for the compiler's own choice.
    """

    workload: str
    trace: Trace
    script: str

    @property
    def digest(self) -> str:
        """Content hash of the script."""
        return hashlib.sha256(self.script.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A compiled module on disk, addressed by what went into it.

    Attributes:
        key: hash of input IR, schedule, flags and compiler version.
        path: the VM flatbuffer.
        content: hash of the flatbuffer: equal for candidates that compile alike.
        compile_s: wall time it took; 0.0 when it came from the cache.
    """

    key: str
    path: str
    content: str
    compile_s: float
