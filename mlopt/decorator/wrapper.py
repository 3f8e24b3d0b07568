"""Jitted functions: one compiled entry for each signature.

Answers "which compiled entry serves this call". Imports jax; must not import
iree.compiler.
"""

import dataclasses
import functools
import logging
import operator
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, Generic, ParamSpec, TypeVar, final

import jax

from mlopt import defaults
from mlopt.core.errors import SignatureError
from mlopt.core.objective import Goal
from mlopt.core.report import ProgramResult
from mlopt.decorator.bound import BoundJitFunction
from mlopt.decorator.examples import draw_missing
from mlopt.decorator.explanation import Explanation
from mlopt.decorator.intake import concrete_array_type
from mlopt.decorator.keys import UNKNOWN, has_tracers, key_of, static_key
from mlopt.decorator.staged import Compiled, Lowered, Settings, Stage
from mlopt.frontend.arguments import ArgumentSet, Place
from mlopt.frontend.constants import Constant
from mlopt.frontend.ingest import ingest_callable
from mlopt.frontend.signature import Signature, bind

P = ParamSpec("P")
R = TypeVar("R")

_logger: Final = logging.getLogger("mlopt")
_flatten: Final = jax.tree_util.tree_flatten
# Its flags are made at run time, where no type checker sees them.
_config: Final[Any] = jax.config


@final
class JitFunction(Generic[P, R]):
    """A function that is compiled when it is called. Made by `jit`; thread-safe.

    Attributes:
        __wrapped__: the function itself.
    """

    __wrapped__: Callable[P, R]

    def __init__(
        self,
        function: Callable[P, R],
        static: ArgumentSet,
        constants: ArgumentSet,
        settings: Settings,
    ) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._static = static
        self._constants = constants
        self._fixed = static | constants
        self._has_fixed = bool(self._fixed)
        # What was compiled in, which later calls must pass too.
        self._held: dict[Place, Constant] = {}
        self._settings = settings
        self._lock = threading.RLock()
        self._compiled: dict[Hashable, Compiled] = {}
        self._latest: Compiled | None = None
        # From keys of calls to what takes their leaves.
        self._known: dict[Hashable, Callable[[list[Any]], Any]] = {}
        # No array has this type before the first call: JAX's backend is not to be
        # initialised by a decorator.
        self._array_type: type = type(UNKNOWN)
        self._has_told = False

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the compiled function, compiling it first if need be.

        Raises:
            SignatureError: an argument that is no array and not static.
            StaleConstantError: constants other than those that were compiled in.
            InputError: the function raises while it is traced.
            UnsupportedError, CompileError: the back end cannot take the program.
            RunError: the device reported a failure.
        """
        leaves: Any = args
        if not kwargs:
            # As `_key` has it, for plain arrays: there is no tree to flatten.
            array_type = self._array_type
            key = (
                (),
                _config.jax_enable_x64,
                _config.jax_disable_jit,
                *[x.aval if type(x) is array_type else UNKNOWN for x in leaves],
            )
            call = self._known.get(key)
            if call is not None:
                return call(leaves)
        return self._call_tree(args, kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """The method of an instance; the function itself on the class."""
        return self if instance is None else BoundJitFunction(self, instance)

    def __repr__(self) -> str:
        return f"<mlopt.jit of {self._function!r}>"

    def lower(self, *args: P.args, **kwargs: P.kwargs) -> Lowered:
        """Trace for these arguments, which may be `jax.ShapeDtypeStruct`s.

        Raises:
            SignatureError: an argument that is no array and not static.
            InputError: the function raises while it is traced.
            UnsupportedError: an operation that IREE cannot take.
        """
        signature, _ = self._bind(args, kwargs)
        full_args, full_kwargs = draw_missing((args, kwargs))
        ingested = ingest_callable(
            self._function,
            full_args,
            full_kwargs,
            static=self._static,
            constants=self._constants,
            name=self._name,
        )
        identity = _identity(signature)
        return Lowered(ingested, self._settings, lambda: self._forget(identity))

    def compile(self, *args: P.args, **kwargs: P.kwargs) -> Compiled:
        """Compile for these arguments without calling; later calls find it.

        Raises:
            What `lower` and a call raise.
        """
        signature, _ = self._bind(args, kwargs)
        identity = _identity(signature)
        with self._lock:
            compiled = self._compiled.get(identity)
            if compiled is None:
                compiled = self.lower(*args, **kwargs).compile()
                self._compiled[identity] = compiled
                self._tell_once(compiled)
            self._latest = compiled
        return compiled

    def tune(
        self,
        *args: Any,
        trials: int | None = None,
        time_budget: float | None = None,
        strategy: str = defaults.STRATEGY,
        seed: int = defaults.SEED,
        db: str | None = None,
        objective: str | None = None,
        memory_cap: int | str | None = None,
        **kwargs: Any,
    ) -> ProgramResult:
        """Search for faster schedules for these arguments and use what was found.

        Where the function has a keyword argument of the same name as one of these,
        use `f.lower(*args, **kwargs).tune(...)`.

        Args:
            trials, time_budget: candidates and seconds to spend; both None takes
                the default budget.
            db: a path or an SQLAlchemy URL; None is the function's own.
            objective, memory_cap: as of `jit`; where one of them is given, it is the
                function's from now on; None twice keeps what that has.

        Raises:
            MemoryCapError: no program takes as little memory; nothing changes then.
            MloptError: the program cannot be traced, compiled or measured.
        """
        lower: Any = self.lower
        settings = self._settings
        if objective is not None or memory_cap is not None:
            goal = Goal.of(objective, memory_cap)
            settings = dataclasses.replace(settings, goal=goal)
        lowered: Lowered = lower(*args, **kwargs)
        result = lowered.under(settings).tune(
            trials=trials,
            time_budget=time_budget,
            strategy=strategy,
            seed=seed,
            db=db,
        )
        if settings != self._settings:
            self._settings = settings
            self.clear_cache()
        return result

    def explain(self, *args: Any, **kwargs: Any) -> Explanation:
        """What was chosen for these arguments, from which records, for which gain.

        Without arguments: for the signature that was compiled or asked for last.
        """
        return self._chosen(args, kwargs).explain()

    def as_text(self, stage: Stage, *args: Any, **kwargs: Any) -> str:
        """The program for these arguments as "stablehlo", "linalg" or "schedule".

        Without arguments: of the signature that was compiled or asked for last.

        Raises:
            InputError: no such stage.
        """
        if stage == "schedule" or (not args and not kwargs):
            return self._chosen(args, kwargs).as_text(stage)
        lower: Any = self.lower
        return lower(*args, **kwargs).as_text(stage)

    def clear_cache(self) -> None:
        """Forget everything compiled; the next call compiles with today's records."""
        with self._lock:
            self._compiled, self._known, self._latest = {}, {}, None
            self._held = {}

    def _key(self, structure: Hashable, leaves: Iterable[Any]) -> tuple[Any, ...]:
        array_type = self._array_type
        return (
            structure,
            _config.jax_enable_x64,
            _config.jax_disable_jit,
            *[x.aval if type(x) is array_type else key_of(x) for x in leaves],
        )

    def _call_tree(self, args: Any, kwargs: Any) -> Any:
        dynamic, keywords, statics = args, kwargs, ()
        if self._has_fixed:
            try:
                self._check_constants(args, kwargs)
            except SignatureError:
                if _config.jax_disable_jit or has_tracers(args, kwargs):
                    return self._call_plain(args, kwargs)
                raise
            dynamic, keywords = self._fixed.others(args, kwargs)
            statics = static_key(args, kwargs, self._static)
        leaves, tree = _flatten((dynamic, keywords))
        key = self._key((tree, statics), leaves)
        try:
            call = self._known.get(key)
        except TypeError:  # a static argument that cannot be hashed: told below
            call = None
        if call is not None:
            return call(leaves)
        if _config.jax_disable_jit or has_tracers(args, kwargs):
            return self._call_plain(args, kwargs)
        return self._call_unknown(args, kwargs)

    def _call_plain(self, args: Any, kwargs: Any) -> Any:
        plain: Any = self._function
        return plain(*args, **kwargs)

    def _bind(self, args: Any, kwargs: Any) -> tuple[Signature, list[Any]]:
        """As `bind`; the first constants are kept, and others refused from then on."""
        self._check_constants(args, kwargs)
        signature, leaves = bind(args, kwargs, self._static, self._constants)
        for place, constant in signature.constants:
            self._held.setdefault(place, constant)
        return signature, leaves

    def _check_constants(self, args: Any, kwargs: Any) -> None:
        for place, value in self._constants.chosen(args, kwargs):
            held = self._held.get(place)
            if held is not None:
                held.check(value, place)

    @property
    def _name(self) -> str:
        return getattr(self._function, "__name__", type(self._function).__name__)

    def _call_unknown(self, args: Any, kwargs: Any) -> Any:
        # The keys that found nothing were made before the type of arrays was known.
        self._array_type = concrete_array_type()
        compile_for: Any = self.compile
        compiled: Compiled = compile_for(*args, **kwargs)
        call = compiled.entry.best_call(self._bind(args, kwargs)[1])
        dynamic, keywords = self._fixed.others(args, kwargs)
        leaves, tree = _flatten((dynamic, keywords))
        statics = static_key(args, kwargs, self._static)
        structures: list[Hashable] = [(tree, statics)]
        if _are_same(leaves, args) and not self._has_fixed:
            structures.append(())  # found without flattening
        for structure in structures:
            key = self._key(structure, leaves)
            if UNKNOWN not in key:
                self._known[key] = call
        return call(leaves)

    def _chosen(self, args: Any, kwargs: Any) -> Compiled:
        latest = self._latest
        if latest is not None and not args and not kwargs:
            return latest
        compile_for: Any = self.compile
        return compile_for(*args, **kwargs)

    def _forget(self, identity: Hashable) -> None:
        with self._lock:
            self._compiled.pop(identity, None)
            self._known = {}
            self._latest = None

    def _tell_once(self, compiled: Compiled) -> None:
        if self._has_told or not compiled.is_default:
            return
        self._has_told = True
        _logger.info(
            "%s has no tuning records here: compiled with IREE's defaults. "
            "%s.tune(...) searches for better.",
            self._name,
            self._name,
        )


def _identity(signature: Signature) -> Hashable:
    """Of a compiled entry: as signatures, but 1 is not True and not 1.0."""
    types = tuple(type(value) for _, value in signature.static)
    return (signature, types, bool(_config.jax_enable_x64))


def _are_same(leaves: Sequence[Any], args: Sequence[Any]) -> bool:
    return len(leaves) == len(args) and all(map(operator.is_, leaves, args))
