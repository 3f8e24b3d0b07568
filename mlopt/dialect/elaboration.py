"""A template meets a workload on a target: a space, or the reason why there is none.

Everything that depends on shapes alone is computed once; what depends on decisions
becomes arithmetic that takes numbers and NumPy arrays alike. Imports core only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mlopt.core.candidate import Knob, Requirement, Space, Trace, Value
from mlopt.core.errors import InputError
from mlopt.core.template import SpaceTemplate, at
from mlopt.dialect import offers
from mlopt.dialect.arithmetic import function_of
from mlopt.dialect.deciding import Formula
from mlopt.dialect.expansion import CHOICES, Instruction, Unfit, expand
from mlopt.dialect.facts import Facts
from mlopt.dialect.values import nearest

_NO_WISHES: Final[Mapping[str, int]] = {}
_HANDLE_STEPS: Final = frozenset(
    f"mlopt.{name}"
    for name in (
        "payload",
        "tile",
        "fuse",
        "parallelize",
        "interchange",
        "pack",
        "pad",
        "split",
        "fold_unit_loops",
        "tile_row",
        "peel",
        "unroll",
        "hoist",
        "vectorize",
        "include",
        "configure",
        "configure_fused",
        "pipeline",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a schedule, decided.

    Attributes:
        numbers: its operands that are numbers, in their order.
        handles: those that are handles, as results of earlier steps.
        sizes: one for each loop of the root, None where it has none; None without.
        results: handles it gives.
    """

    op: str
    numbers: tuple[Any, ...] = ()
    handles: tuple[int, ...] = ()
    sizes: tuple[int | None, ...] | None = None
    attributes: Mapping[str, Any]
    results: tuple[int, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elaborated:
    """A space for one workload.

    Attributes:
        space: its choices; a knob with one value is none, and is left out.
        experts: legal traces worth trying first, in the order of the file.
        instructions, known: what `steps` executes, and values no decision reaches.
    """

    space: Space
    experts: tuple[Trace, ...]
    num_loops: int
    instructions: tuple[Instruction, ...]
    known: Mapping[int, Any]

    def steps(self, decisions: Mapping[str, Value]) -> Iterator[Step]:
        """The steps that a workload is taken through under these decisions.

        Args:
            decisions: by name; a choice that is missing is at its default.
        """
        defaults = {knob.name: knob.default for knob in self.space.knobs}
        formula = Formula(self.instructions, self.known)
        values = formula.evaluate_all({**defaults, **decisions})
        for instruction in self.instructions:
            is_reached = all(int(values[v]) == n for v, n in instruction.guards)
            if instruction.op in _HANDLE_STEPS and is_reached:
                yield self._step(instruction, values)

    def _step(self, instruction: Instruction, values: Mapping[int, Any]) -> Step:
        given = [value for value in instruction.operands if value is not None]
        sizes = instruction.sizes
        return Step(
            op=instruction.op,
            numbers=tuple(values[value] for value in given if value in values),
            handles=tuple(value for value in given if value not in values),
            sizes=None
            if sizes is None
            else tuple(
                int(values[sizes[loop]]) if loop in sizes else None
                for loop in range(self.num_loops)
            ),
            attributes=instruction.attributes,
            results=instruction.results,
            place=instruction.place,
        )


def elaborate(template: SpaceTemplate, facts: Facts) -> Elaborated | str:
    """The space for a workload, or the sentence that says why there is none.

    Raises:
        InputError: arithmetic that is not understood, or a list that depends on a
            decision, with file, line and column.
    """
    try:
        instructions = expand(template, facts)
        return _Elaboration(facts).run(template, instructions)
    except Unfit as reason:
        return str(reason)


class _Elaboration:
    """Walks the instructions once; `known` grows by what no decision reaches."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[int, Any] = {}
        self._knobs: list[Knob] = []
        self._requirements: list[Requirement] = []
        self._advice: dict[str, dict[str, int]] = {}

    def run(
        self, template: SpaceTemplate, instructions: tuple[Instruction, ...]
    ) -> Elaborated:
        for instruction in instructions:
            try:
                self._take(instruction, instructions)
            except InputError as error:
                raise InputError(at(instruction.place, error)) from error
        space = Space(
            name=template.name,
            version=template.version,
            knobs=tuple(self._knobs),
            requirements=tuple(self._requirements),
        )
        return Elaborated(
            space=space,
            experts=_experts(space, self._advice),
            num_loops=len(self._facts.loops),
            instructions=instructions,
            known=self._known,
        )

    def _take(self, line: Instruction, instructions: Sequence[Instruction]) -> None:
        match line.op:
            case "mlopt.match":
                if not self._closed(line)[0]:
                    raise Unfit(str(line.attributes["message"]))
            case op if op in CHOICES:
                self._choice(line)
            case "mlopt.require":
                self._require(line, instructions)
            case "mlopt.advise":
                self._advise(line)
            case op if op not in _HANDLE_STEPS:
                self._value(line)

    def _choice(self, line: Instruction) -> None:
        knob = self._knob(line)
        if len(knob.values) == 1:
            self._known[line.results[0]] = offers.number_of(line, knob.values[0])
        else:
            self._knobs.append(knob)

    def _knob(self, line: Instruction) -> Knob:
        name = str(line.attributes["name"])
        if line.op == "mlopt.alternatives":
            labels: Any = line.attributes["labels"]
            default: Any = line.attributes["default"]
            return Knob(name=name, values=labels, default=default)
        values, wish = self._closed(line)
        unique: tuple[Value, ...] = tuple(dict.fromkeys(values))
        return Knob(name=name, values=unique, default=nearest(unique, wish))

    def _require(self, line: Instruction, lines: Sequence[Instruction]) -> None:
        (condition,) = line.operands
        assert condition is not None
        formula = Formula.of(condition, line.guards, lines, self._known)
        self._requirements.append(
            Requirement(sentence=str(line.attributes["message"]), holds=formula)
        )

    def _advise(self, line: Instruction) -> None:
        expert = self._advice.setdefault(str(line.attributes["expert"]), {})
        names: Any = line.attributes["knobs"]
        expert |= dict(zip(names, self._closed(line), strict=True))

    def _value(self, line: Instruction) -> None:
        """A line that computes; it stays open where a decision reaches it."""
        if any(value not in self._known for value in line.operands):
            # Complaints are made now: later there is no place to name.
            if line.op.startswith("mlopt."):
                raise InputError(f"an operand of '{line.op}' depends on a decision")
            function_of(line.op, line.attributes)
            return
        operands = [self._known[value] for value in line.operands if value is not None]
        self._known[line.results[0]] = offers.evaluate(line, operands, self._facts)

    def _closed(self, line: Instruction) -> list[Any]:
        if any(value not in self._known for value in line.operands):
            raise InputError(f"an operand of '{line.op}' depends on a decision")
        return [self._known[value] for value in line.operands if value is not None]


def _experts(
    space: Space, advice: Mapping[str, Mapping[str, int]]
) -> tuple[Trace, ...]:
    """What is advised and legal; what the defaults say where that is nothing."""
    found: dict[Trace, None] = {}
    for wishes in (*advice.values(), _NO_WISHES):
        if wishes is _NO_WISHES and found:
            break
        decisions = tuple((k.name, _advised(k, wishes)) for k in space.knobs)
        if decisions and space.violation(dict(decisions)) is None:
            found[Trace(space=space.name, decisions=decisions)] = None
    return tuple(found)


def _advised(knob: Knob, wishes: Mapping[str, int]) -> Value:
    if knob.name not in wishes:
        return knob.default
    if isinstance(knob.values[0], str):
        return knob.values[wishes[knob.name]]
    return nearest(knob.values, wishes[knob.name])
