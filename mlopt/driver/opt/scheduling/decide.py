"""mlopt-decide: take decisions by name. Imports iree.compiler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from iree.compiler import ir

from mlopt.core.candidate import Knob, Trace, Value
from mlopt.core.errors import InputError
from mlopt.core.target import Target
from mlopt.core.template import SpaceTemplate
from mlopt.core.workload import Workload
from mlopt.dialect.elaboration import Elaborated
from mlopt.dialect.printing import schedule_text
from mlopt.driver.opt.scheduling import contents
from mlopt.driver.opt.scheduling.plans import plan_for
from mlopt.driver.opt.scheduling.targets import target_of
from mlopt.driver.opt.workloads import workloads_of

# Options that say where; every other one is a decision.
_SPACE: Final = "space"
_WORKLOAD: Final = "workload"
_PROVENANCE: Final = "decided by hand"
_TRUTHS: Final = {"true": True, "false": False}


def run(module: Any, options: Mapping[str, str], write: Callable[[str], None]) -> None:
    """Change the decisions of schedules, or make schedules with them.

    Schedules that are there and whose space has all the named choices are changed. A
    workload without any gets one, in the first of its spaces that has them; what is
    not named is at its default.

    Options:
        space, workload: only schedules in that space, of that workload (its hash).
        others: the name of a choice and its value.

    Raises:
        InputError: nobody has such a choice, a value is not on offer, or decisions are
            illegal together.
    """
    deciding = _Deciding(
        module=module,
        templates=contents.templates_in(module, "the input"),
        target=target_of(module),
        space=options.get(_SPACE),
        wishes={k: v for k, v in options.items() if k not in (_SPACE, _WORKLOAD)},
    )
    wanted = options.get(_WORKLOAD)
    decided = sum(
        deciding.decide(workload)
        for workload in workloads_of(module)
        if wanted in (None, workload.hash)
    )
    if not decided:
        named = ", ".join(sorted(deciding.wishes)) or "nothing"
        raise InputError(f"no schedule or space here has these choices: {named}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deciding:
    """What is to be decided, and in which space; None is any."""

    module: Any
    templates: Mapping[str, SpaceTemplate]
    target: Target
    space: str | None
    wishes: Mapping[str, str]

    def decide(self, workload: Workload) -> int:
        """How many schedules of a workload took the decisions."""
        schedules = contents.schedules_in(self.module)
        present = [s for s in schedules if s.workload == workload.hash]
        if not present:
            return self._make(workload)
        return sum(self._change(workload, schedule) for schedule in present)

    def _change(self, workload: Workload, schedule: contents.ScheduleOp) -> bool:
        plan, values = self._plan(workload, schedule.space)
        if plan is None:
            return False
        _rewrite(schedule, plan, values)
        return True

    def _make(self, workload: Workload) -> bool:
        executable = contents.executables_of(self.module, workload)[0]
        for name in contents.spaces_of(executable):
            plan, values = self._plan(workload, name)
            if plan is not None:
                trace = _trace(plan, values)
                text = schedule_text(trace, workload.hash, provenance=_PROVENANCE)
                contents.append(self.module, text)
                return True
        return False

    def _plan(
        self, workload: Workload, name: str
    ) -> tuple[Elaborated | None, dict[str, Value]]:
        """A space and the wishes as its values; None where it lacks a choice."""
        if self.space not in (None, name):
            return None, {}
        plan = plan_for(self.templates, name, workload, self.target)
        values = _values(plan, self.wishes)
        return (None, {}) if values is None else (plan, values)


def _values(plan: Elaborated, wishes: Mapping[str, str]) -> dict[str, Value] | None:
    """The wishes as values; None where the space lacks one of the choices."""
    knobs = {knob.name: knob for knob in plan.space.knobs}
    if not set(wishes) <= set(knobs):
        return None
    return {name: _value(knobs[name], text) for name, text in wishes.items()}


def _value(knob: Knob, text: str) -> Value:
    for value in knob.values:
        known = _TRUTHS.get(text, text) if isinstance(value, bool) else text
        if str(value) == str(known):
            return value
    offered = ", ".join(str(value).lower() for value in knob.values)
    raise InputError(f"{knob.name} cannot be {text}; on offer are {offered}")


def _trace(plan: Elaborated, decisions: Mapping[str, Value]) -> Trace:
    space = plan.space
    decided = {k.name: decisions.get(k.name, k.default) for k in space.knobs}
    if (sentence := space.violation(decided)) is not None:
        raise InputError(f"the decisions are illegal: {sentence}")
    return Trace(space=space.name, decisions=tuple(decided.items()))


def _rewrite(
    schedule: contents.ScheduleOp, plan: Elaborated, values: Mapping[str, Value]
) -> None:
    """Its decisions are others now, so what was measured does not hold any more."""
    trace = _trace(plan, {**schedule.decisions, **values})
    text = schedule_text(trace, schedule.workload, provenance=_PROVENANCE)
    new = ir.Operation.parse(text, context=schedule.op.context)
    for name in ("decisions", "speedup", "provenance"):
        schedule.op.attributes[name] = new.attributes[name]
