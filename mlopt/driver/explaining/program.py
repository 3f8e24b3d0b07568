"""What each decision about a program bought: it is switched off, and time is taken.

Nothing is added up or predicted: for every decision the whole program is built again
without it, and all of these programs are timed in turns.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mlopt import defaults
from mlopt.core.errors import MeasureError
from mlopt.core.explanation import Lever, LeverKind, ProgramExplanation
from mlopt.core.measurement import Failure, Interval
from mlopt.core.report import Latency
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.building import Rebuilt, rebuild
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.composing.recipes import (
    Composition,
    Recipe,
    compose_all,
    contender_of,
)
from mlopt.driver.explaining.kernel_use import kernel_uses
from mlopt.driver.explaining.levers import levers_of
from mlopt.driver.explaining.memory_use import memory_uses
from mlopt.driver.forms.bases import compile_bases, partition_under, partition_with
from mlopt.driver.forms.preparing import hold_default
from mlopt.driver.licences import used_licence
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.results import latency_of, speedup_of, versions
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Contender
from mlopt.records import Database
from mlopt.report.progress import Progress
from mlopt.targets.cpu_options import DEFAULT, is_pruned

_TUNED: Final = "tuned"
_PLAIN_KEY: Final = "program without constants"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Switch:
    """A decision, and the program without it.

    Attributes:
        key: of the baseline whose inputs that program takes, where it is not the
            program's own.
    """

    kind: LeverKind
    subject: str
    composition: Composition
    key: str | None = None

    @property
    def name(self) -> str:
        """Of the program without it, among those that are compared."""
        return f"without {self.kind} {self.subject}"


def explain_program(
    loaded: LoadedProgram,
    workbench: Workbench,
    database: Database | None,
    progress: Progress,
    *,
    plain: LoadedProgram | None = None,
    constants: str = "",
) -> ProgramExplanation:
    """Build a program as the records say, and without each of their decisions.

    Args:
        database: None counts as an empty one.
        plain: the same program with its constants as arguments; None where it has none.
        constants: which arguments they are, in words.

    Raises:
        CompileError, MeasureError: the program cannot be compiled or run at all.
    """
    progress.stage("build from records")
    rebuilt = rebuild(loaded, workbench, database)
    progress.stage("switch off")
    switches = list(_switches(loaded, rebuilt, workbench))
    if plain is not None:
        switches.append(_without_constants(plain, rebuilt, workbench, constants))
    compositions = {switch.name: switch.composition for switch in switches}
    built = compose_all(workbench, compositions)
    default = _held(loaded, workbench, PROGRAM_KEY)
    if plain is not None:
        _held(plain, workbench, _PLAIN_KEY)
    progress.stage("compare")
    contenders = {
        DEFAULT: Contender(path=default.path),
        _TUNED: contender_of(rebuilt.recipe, loaded.licence),
    }
    for switch in switches:
        recipe = built[switch.name]
        if isinstance(recipe, Recipe):
            own = contender_of(recipe, loaded.licence)
            contenders[switch.name] = dataclasses.replace(own, key=switch.key)
    times = _timed(contenders, workbench)
    for name in (DEFAULT, _TUNED):
        if name in times.failures:
            failure = times.failures[name]
            raise MeasureError(f"the {name} program failed: {failure.detail}")
    progress.stage("profile")
    refused = {name: r for name, r in built.items() if isinstance(r, Failure)}
    failures = {**refused, **times.failures}
    return ProgramExplanation(
        name=loaded.program.name,
        target=workbench.target,
        versions=versions(),
        record=rebuilt.record,
        choices=rebuilt.choices,
        licence=used_licence(rebuilt.recipe.base, loaded.licence),
        base_name=rebuilt.recipe.base,
        default=times.latency[DEFAULT],
        tuned=times.latency[_TUNED],
        speedup=times.over_tuned[DEFAULT],
        levers=tuple(_lever(s, rebuilt, times, failures) for s in switches),
        kernels=kernel_uses(loaded, workbench, rebuilt.recipe),
        memory=memory_uses(
            loaded, workbench, {DEFAULT: default, _TUNED: rebuilt.recipe}
        ),
        objective=str(loaded.goal),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """What the programs took, by name.

    Attributes:
        over_tuned: time over that of the tuned program.
        failures: of those that did not run.
    """

    latency: Mapping[str, Latency]
    over_tuned: Mapping[str, Interval]
    failures: Mapping[str, Failure]


def _timed(contenders: Mapping[str, Contender], workbench: Workbench) -> _Times:
    """Time programs in turns; equal ones once, as turns would invent a difference."""
    name_of: dict[Contender, str] = {}
    for name, contender in contenders.items():
        name_of.setdefault(contender, name)
    comparison = compare_in_turns(
        workbench,
        PROGRAM_KEY,
        {name: contender for contender, name in name_of.items()},
        defaults.FINAL_TURNS,
    )
    samples = comparison.latency_us
    twin_of = {name: name_of[contender] for name, contender in contenders.items()}
    ran = {name: twin for name, twin in twin_of.items() if twin in samples}
    peak_memory = workbench.measurer.peak_memory_bytes
    latency, over_tuned = {}, {}
    for name, twin in ran.items():
        contender = contenders[name]
        memory = peak_memory(contender.key or PROGRAM_KEY, contender.path)
        latency[name] = latency_of(samples[twin], memory, defaults.SEED)
        if (tuned := twin_of[_TUNED]) in samples:
            over_tuned[name] = speedup_of(samples[twin], samples[tuned], defaults.SEED)
    return _Times(
        latency=latency,
        over_tuned=over_tuned,
        failures={
            name: comparison.failures[twin]
            for name, twin in twin_of.items()
            if twin in comparison.failures
        },
    )


def _held(loaded: LoadedProgram, workbench: Workbench, key: str) -> Recipe:
    """The default compilation of a program, loaded into the measurer."""
    partition = partition_under(loaded, workbench, DEFAULT)
    bases = compile_bases(loaded, workbench, {DEFAULT})
    hold_default(loaded, workbench, partition, bases, defaults.SEED, key=key)
    path = bases.paths[DEFAULT]
    return Recipe(base=DEFAULT, partition=partition, schedules={}, path=path)


def _switches(
    loaded: LoadedProgram, rebuilt: Rebuilt, workbench: Workbench
) -> Iterator[_Switch]:
    """Every decision but that on constants."""
    recipe = rebuilt.recipe
    assert recipe.partition is not None
    for kind, subject, counterpart in levers_of(recipe.base, loaded.licence):
        yield _Switch(
            kind=kind,
            subject=subject,
            composition=_on(loaded, recipe, workbench, counterpart),
        )
    names = {w.hash: w.name for w in recipe.partition.workloads}
    for key in sorted(recipe.schedules, key=lambda key: names[key]):
        others = {k: s for k, s in recipe.schedules.items() if k != key}
        yield _Switch(
            kind=LeverKind.SCHEDULE,
            subject=f"{names[key]} ({key[:12]})",
            composition=Composition(
                base=recipe.base, partition=recipe.partition, schedules=others
            ),
        )


def _on(
    loaded: LoadedProgram, recipe: Recipe, workbench: Workbench, base: str
) -> Composition:
    """The same schedules on another option set, as far as its kernels are the same."""
    return Composition(
        base=base,
        partition=partition_with(loaded, workbench, base, recipe.schedules),
        schedules=recipe.schedules,
    )


def _without_constants(
    plain: LoadedProgram, rebuilt: Rebuilt, workbench: Workbench, constants: str
) -> _Switch:
    return _Switch(
        kind=LeverKind.CONSTANTS,
        subject=constants,
        composition=_on(plain, rebuilt.recipe, workbench, rebuilt.recipe.base),
        key=_PLAIN_KEY,
    )


def _lever(
    switch: _Switch, rebuilt: Rebuilt, times: _Times, failures: Mapping[str, Failure]
) -> Lever:
    failure = failures.get(switch.name)
    return Lever(
        kind=switch.kind,
        subject=switch.subject,
        falls_with_it=_fallen(switch, rebuilt),
        without=times.latency.get(switch.name),
        bought=times.over_tuned.get(switch.name),
        failure="" if failure is None else failure.detail,
    )


def _fallen(switch: _Switch, rebuilt: Rebuilt) -> str:
    """Schedules of kernels that the program without the decision does not have.

    And pruning, where it is the constants that are switched off.
    """
    if switch.kind is LeverKind.SCHEDULE:
        return ""
    is_unpruned = switch.kind is LeverKind.CONSTANTS and is_pruned(rebuilt.recipe.base)
    fallen = ["pruning"] if is_unpruned else []
    lost = len(rebuilt.recipe.schedules) - len(switch.composition.present)
    if lost:
        fallen.append(f"{lost} schedule{'' if lost == 1 else 's'}")
    return " and ".join(fallen)
