"""From whatever a user has to a Program, across the process border."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

import jax.extend.core as jex

from mlopt.core.errors import InputError, MloptError
from mlopt.core.licence import Licence, Rewrite
from mlopt.core.objective import FASTEST, Goal
from mlopt.core.program import LinalgForm, Program
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import Ingested, with_jaxpr
from mlopt.frontend.reference import first_line
from mlopt.frontend.rewriting.hoisting import hoist
from mlopt.frontend.rewriting.joining import join
from mlopt.frontend.rewriting.narrowing import narrow
from mlopt.frontend.rewriting.pruning import prune
from mlopt.frontend.rewriting.quantizing import quantize
from mlopt.frontend.rewriting.unrolling import unroll
from mlopt.frontend.rewriting.winograd import shorten_convolutions
from mlopt.targets.cpu_options import OPTION_SETS, option_sets, rewrites_of

_LOWER = "mlopt.frontend.lowering:lower_to_linalg"
_logger: Final = logging.getLogger("mlopt")
# Each returns the jaxpr that it was given where it finds nothing to do.
_ATTEMPTED: Final[Mapping[Rewrite, Callable[[jex.ClosedJaxpr], jex.ClosedJaxpr]]] = {
    Rewrite.JOINED: join,
    Rewrite.HOISTED: hoist,
    Rewrite.UNROLLED: unroll,
    Rewrite.WINOGRAD: shorten_convolutions,
    Rewrite.PRUNED: prune,
}
_UNASKED: Final = frozenset(
    {Rewrite.JOINED, Rewrite.HOISTED, Rewrite.UNROLLED, Rewrite.WINOGRAD}
)
_INT8: Final = frozenset({Rewrite.INT8, Rewrite.INT8_UNSIGNED})
# Made by the worker that lowers, with nothing left to do on the jaxpr.
_ON_LINALG: Final = frozenset({Rewrite.PREPACKED})
_FLOAT_BYTES: Final = 4


@final
class Rewrites:
    """Other forms of a program, made when they are asked for."""

    def __init__(self, ingested: Ingested, workbench: Workbench) -> None:
        self._ingested = ingested
        self._workbench = workbench
        # Both by the identity of a jaxpr, all of which live here, or of None.
        self._modules: dict[tuple[int, frozenset[Rewrite]], bytes] = {}
        self._jaxprs: dict[tuple[int, Rewrite], jex.ClosedJaxpr | None] = {}

    def module(self, rewrites: tuple[Rewrite, ...]) -> bytes | None:
        """The program after rewrites, one after the other, as MLIR bytecode.

        Returns:
            None where they find nothing to do; those on linalg give the program as it
            was then.

        Raises:
            InputError: a precision or pruning is asked for, and it is no traced
                program, which alone can be rewritten.
        """
        on_linalg = _ON_LINALG.intersection(rewrites)
        jaxpr = self._jaxpr(tuple(r for r in rewrites if r not in on_linalg))
        ingested = self._ingested
        if jaxpr is not None and jaxpr is not ingested.jaxpr:
            ingested = with_jaxpr(ingested, jaxpr)
        elif not on_linalg:
            return None
        key = id(jaxpr), on_linalg
        if key not in self._modules:
            self._modules[key] = self._lowered(ingested, rewrites)
        return self._modules[key]

    def _lowered(self, ingested: Ingested, rewrites: tuple[Rewrite, ...]) -> bytes:
        """A rewrite that nobody asked for is left out where it fails."""
        try:
            return _lower(ingested, self._workbench, rewrites).module
        except MloptError as error:
            kept = tuple(r for r in rewrites if r not in _ON_LINALG)
            if kept == rewrites:
                raise
            name = self._ingested.name
            _logger.warning("%s is not prepacked: %s", name, first_line(error))
            return _lower(ingested, self._workbench, kept).module

    def _jaxpr(self, rewrites: tuple[Rewrite, ...]) -> jex.ClosedJaxpr | None:
        jaxpr = self._ingested.jaxpr
        for rewrite in rewrites:
            key = id(jaxpr), rewrite
            if key not in self._jaxprs:
                self._jaxprs[key] = self._rewritten(jaxpr, rewrite)
            jaxpr = self._jaxprs[key]
        return jaxpr

    def _rewritten(
        self, jaxpr: jex.ClosedJaxpr | None, rewrite: Rewrite
    ) -> jex.ClosedJaxpr | None:
        if jaxpr is None and rewrite in _UNASKED:
            return None
        if jaxpr is None:
            raise InputError(
                f"{self._ingested.name} is a finished program in MLIR: only a JAX "
                "function can be rewritten to another precision, or pruned"
            )
        if rewrite in _ATTEMPTED:
            return self._attempted(jaxpr, rewrite)
        if rewrite in _INT8:
            return quantize(jaxpr)
        enters_loops = rewrite is not Rewrite.BF16_OUTSIDE_LOOPS
        return narrow(jaxpr, enters_loops=enters_loops)

    def _attempted(self, jaxpr: jex.ClosedJaxpr, rewrite: Rewrite) -> jex.ClosedJaxpr:
        """A rewrite that may find nothing: where it fails, the program stays."""
        try:
            return _ATTEMPTED[rewrite](jaxpr)
        except Exception as error:
            name = self._ingested.name
            _logger.warning("%s is not %s: %s", name, rewrite, first_line(error))
            return jaxpr


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProgram:
    """A program as IREE takes it, beside what JAX knows of it.

    Attributes:
        licence: what may be done to its numbers; None is nothing.
        goal: what it is tuned for.
    """

    ingested: Ingested
    program: Program
    rewrites: Rewrites
    licence: Licence | None = None
    goal: Goal = FASTEST

    @property
    def key(self) -> str:
        """What it is recorded under: content, what the licence allows, goal.

        The accuracy is not part of it: a record says how far off its program is. A
        cap is, because a program under a lower one may be slower than need be.
        """
        asked = [] if self.licence is None else [*self.licence.asked]
        if self.goal != FASTEST:
            asked.append(str(self.goal))
        if not asked:
            return self.program.digest
        parts = " ".join([self.program.digest, *asked])
        return hashlib.sha256(parts.encode()).hexdigest()[:32]

    @property
    def option_sets(self) -> tuple[str, ...]:
        """Names of those that it may be compiled under, stock ones first."""
        return option_sets(self.licence, saves_memory=self.goal.concerns_memory)

    def module(self, option_set: str) -> bytes:
        """What is compiled under an option set: MLIR bytecode."""
        rewrites = rewrites_of(option_set)
        return self.rewrites.module(rewrites) or self.program.module

    def distinct(self, option_sets: Iterable[str]) -> Iterator[str]:
        """Those that differ for this program: a rewrite may find nothing to do."""
        seen: set[tuple[bytes, tuple[str, ...]]] = set()
        for name in option_sets:
            module = self.module(name)
            is_other = not rewrites_of(name) or module != self.program.module
            if is_other and (module, OPTION_SETS[name]) not in seen:
                seen.add((module, OPTION_SETS[name]))
                yield name


def load_program(
    ingested: Ingested,
    workbench: Workbench,
    licence: Licence | None = None,
    goal: Goal = FASTEST,
) -> LoadedProgram:
    """Lower to linalg in a worker.

    Raises:
        InputError, UnsupportedError: what the frontend refuses.
    """
    return LoadedProgram(
        ingested=ingested,
        program=_lower(ingested, workbench),
        rewrites=Rewrites(ingested, workbench),
        licence=licence,
        goal=goal,
    )


def _lower(
    ingested: Ingested, workbench: Workbench, rewrites: tuple[Rewrite, ...] = ()
) -> Program:
    """A program on linalg, in the form that its rewrites ask for there."""
    lanes = max(1, workbench.target.vector_bytes // _FLOAT_BYTES)
    form = LinalgForm(
        is_left_unsigned=Rewrite.INT8_UNSIGNED in rewrites,
        panel_lanes=lanes if Rewrite.PREPACKED in rewrites else None,
    )
    program = workbench.call(
        _LOWER, ingested.stablehlo, ingested.name, ingested.path, False, form
    )
    if not isinstance(program, Program):
        raise MloptError(f"lowering {ingested.name} gave no program")
    return program
