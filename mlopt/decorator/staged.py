"""The stages of a jitted function by hand: lowered, then compiled.

Answers "what lies between a Python function and its executable". Imports jax; must
not import iree.compiler.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final

import jax
import jax.extend.core as jex

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.errors import InputError
from mlopt.core.licence import Licence
from mlopt.core.objective import FASTEST, Goal
from mlopt.core.report import ProgramResult
from mlopt.core.target import Target
from mlopt.decorator import backend
from mlopt.decorator.entry import Entry
from mlopt.decorator.explanation import Explanation, Source
from mlopt.decorator.mismatch import check_call
from mlopt.decorator.placement import choose_device
from mlopt.frontend.ingest import Ingested
from mlopt.frontend.signature import Signature
from mlopt.runtime import Executable, open_device

Stage: TypeAlias = Literal["stablehlo", "linalg", "schedule"]

_NO_SCHEDULE: Final = "// no schedule: the compiler's own choice everywhere\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `jit` was told besides the function.

    Attributes:
        target: name of what to compile for, or the target itself.
        device: URI to run on; None chooses by the size of the program.
        db: a path or an SQLAlchemy URL; None is the user's own database.
        licence: what may be done to the numbers beyond another order of summation.
        goal: what functions are tuned for; records of it are used.
    """

    target: str | Target
    device: str | None
    db: str | None
    licence: Licence | None = None
    goal: Goal = FASTEST

    def find_target(self) -> Target:
        """The target, detected if need be.

        Raises:
            TargetError: no such target here.
        """
        if isinstance(self.target, Target):
            return self.target
        return backend.detect_target(self.target)


@final
class Lowered:
    """A function traced for one signature, not compiled yet.

    Attributes:
        ingested: its StableHLO with what JAX knows of it.
    """

    def __init__(
        self,
        ingested: Ingested,
        settings: Settings,
        forget: Callable[[], None] = lambda: None,
    ) -> None:
        """Wrap a traced function.

        Args:
            forget: called when new records make what was compiled before outdated.
        """
        self.ingested = ingested
        self._settings = settings
        self._forget = forget

    def compile(self) -> "Compiled":
        """Compile with the best schedules on record, else with IREE's defaults.

        Raises:
            UnsupportedError, CompileError: the back end cannot take the program.
            TargetError: the target is not there.
        """
        return Compiled(self.ingested, self._settings)

    def under(self, settings: Settings) -> "Lowered":
        """The same for other settings."""
        return Lowered(self.ingested, settings, self._forget)

    def tune(
        self,
        *,
        trials: int | None = None,
        time_budget: float | None = None,
        strategy: str = defaults.STRATEGY,
        seed: int = defaults.SEED,
        db: str | None = None,
    ) -> ProgramResult:
        """Search for faster schedules, record them, and use them from now on.

        Args:
            trials, time_budget: candidates and seconds to spend; both None takes
                the default budget.
            db: a path or an SQLAlchemy URL; None is the function's own.

        Raises:
            MloptError: the program cannot be compiled or measured.
        """
        is_unlimited = trials is None and time_budget is None
        budget = Budget(trials=trials, seconds=time_budget)
        result = backend.tune(
            self.ingested,
            target=self._settings.find_target(),
            budget=defaults.BUDGET if is_unlimited else budget,
            strategy=strategy,
            seed=seed,
            db=self._settings.db if db is None else db,
            licence=self._settings.licence,
            goal=self._settings.goal,
        )
        self._forget()
        return result

    def as_text(self, stage: Stage = "stablehlo") -> str:
        """The program as MLIR: "stablehlo", "linalg", or the "schedule" chosen.

        Raises:
            InputError: no such stage.
        """
        match stage:
            case "stablehlo":
                return _stablehlo_text(self.ingested)
            case "linalg":
                return backend.linalg_text(self.ingested)
            case "schedule":
                return self.compile().as_text(stage)
            case _:
                raise InputError(
                    f"there is no stage {stage!r}; choose stablehlo, linalg or schedule"
                )


@final
class Compiled:
    """A function compiled for one signature, called without what is fixed in it.

    Attributes:
        ingested: what it was compiled from.
        entry: the compiled function over flat arrays.
    """

    def __init__(self, ingested: Ingested, settings: Settings) -> None:
        """Build and load; raises what `Lowered.compile` says."""
        assert ingested.inputs is not None
        assert ingested.outputs is not None
        assert ingested.jaxpr is not None
        assert ingested.results is not None
        self.ingested = ingested
        self._settings = settings
        self._target = settings.find_target()
        self._built = backend.build(
            ingested,
            target=self._target,
            db=settings.db,
            licence=settings.licence,
            goal=settings.goal,
        )
        uri = settings.device or choose_device(self._target, ingested.jaxpr)
        device = open_device(uri, self._target.num_cores)
        self.entry = Entry(
            Executable.load(self._built.vmfb, self._built.program.entry, device),
            inputs=ingested.inputs,
            outputs=ingested.outputs,
            weak_types=[_is_weak(aval) for aval in ingested.jaxpr.out_avals],
            results=ingested.results,
        )

    @property
    def is_default(self) -> bool:
        """Whether no record was used."""
        built = self._built
        has_choices = any(choice.record is not None for choice in built.choices)
        return built.record is None and not has_choices

    @property
    def signature(self) -> Signature:
        """What it was compiled for."""
        assert self.ingested.signature is not None
        return self.ingested.signature

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call with arguments of the signature it was compiled for.

        Raises:
            SignatureError: another tree, shape or dtype.
            RunError: the device reported a failure.
        """
        check_call(self.ingested.name, self.signature, args, kwargs)
        return self.entry(jax.tree_util.tree_leaves((args, kwargs)))

    def explain(self) -> Explanation:
        """What was chosen for it, from which records, for which gain."""
        return Explanation(
            name=self.ingested.name,
            target=self._target.key,
            device=self.entry.executable.device.uri,
            source=Source.DEFAULT if self.is_default else Source.RECORDS,
            record=self._built.record,
            choices=self._built.choices,
        )

    def as_text(self, stage: Stage = "stablehlo") -> str:
        """As `Lowered.as_text`; "schedule" is what this one was compiled with."""
        if stage == "schedule":
            return _schedule_text(self._built.scripts)
        return Lowered(self.ingested, self._settings).as_text(stage)


def _schedule_text(scripts: Mapping[str, str]) -> str:
    if not scripts:
        return _NO_SCHEDULE
    parts = [f"// workload {key}\n{scripts[key]}" for key in sorted(scripts)]
    return "\n// -----\n".join(parts)


def _stablehlo_text(ingested: Ingested) -> str:
    # What IREE is given is a portable artifact, in a dialect nobody reads.
    assert ingested.jaxpr is not None
    assert ingested.signature is not None

    def function(*arrays: Any) -> list[Any]:
        return jex.jaxpr_as_fun(ingested.jaxpr)(*arrays)

    function.__name__ = ingested.name
    structs = [leaf.struct for leaf in ingested.signature.leaves]
    return jax.jit(function, keep_unused=True).lower(*structs).as_text()


def _is_weak(aval: Any) -> bool:
    return bool(getattr(aval, "weak_type", False))
