"""`jit`: what a user writes above a function. Must not import iree.compiler."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec, TypeVar, overload

from mlopt.core.licence import Licence
from mlopt.core.objective import Goal
from mlopt.core.target import Target
from mlopt.decorator.staged import Settings
from mlopt.decorator.wrapper import JitFunction
from mlopt.frontend.arguments import ArgumentSet, Place

P = ParamSpec("P")
R = TypeVar("R")


@overload
def jit(
    function: Callable[P, R],
    /,
    *,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Iterable[str] = (),
    constants: Place | Sequence[Place] = (),
    precision: str | None = None,
    accuracy: float | None = None,
    pruning: bool = False,
    objective: str | None = None,
    memory_cap: int | str | None = None,
    target: str | Target = "llvm-cpu",
    device: str | None = None,
    db: str | None = None,
) -> "JitFunction[P, R]": ...


@overload
def jit(
    *,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Iterable[str] = (),
    constants: Place | Sequence[Place] = (),
    precision: str | None = None,
    accuracy: float | None = None,
    pruning: bool = False,
    objective: str | None = None,
    memory_cap: int | str | None = None,
    target: str | Target = "llvm-cpu",
    device: str | None = None,
    db: str | None = None,
) -> "Callable[[Callable[P, R]], JitFunction[P, R]]": ...


def jit(
    function: Callable[..., Any] | None = None,
    /,
    *,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Iterable[str] = (),
    constants: Place | Sequence[Place] = (),
    precision: str | None = None,
    accuracy: float | None = None,
    pruning: bool = False,
    objective: str | None = None,
    memory_cap: int | str | None = None,
    target: str | Target = "llvm-cpu",
    device: str | None = None,
    db: str | None = None,
) -> Any:
    """Compile a JAX function with the schedules that are on record for it.

    Usable as `@jit`, `@jit(...)` and `jit(f)`. Compiles at the first call of each
    signature (shapes, dtypes, tree, static values); without records as IREE would by
    itself. Nothing is ever tuned unasked: see `JitFunction.tune`. Under JAX's own
    transformations (`jax.jit`, `grad`, `vmap`) the result behaves as the function.

    Args:
        static_argnums, static_argnames: arguments that are constants of the compiled
            function, as in `jax.jit`; they must be hashable.
        constants: positions or names of arguments whose arrays never change, such as
            the weights of a model that is served: the compiler may fold and pack them.
            A call that passes other values raises `StaleConstantError`. NumPy arrays,
            which can change in place, are refused.
        precision: "bf16" lets contractions multiply in bfloat16 and sum in float32,
            "int8" lets large ones multiply 8-bit integers and sum in int32, once `tune`
            has shown that this is accurate enough; None changes nothing but the order
            of summation.
        accuracy: how far off results may be for it, as a relative error: largest
            |out - ref| / (|ref| + rms(ref)) over the arguments given to `tune` and
            random ones, against the function in float64.
        pruning: whether matrix products may skip whole blocks, rows or columns of
            zeros in constants, as they are in a network that was pruned. Finite
            arguments give the same results but for the order of summation; where an
            infinity or a NaN would have met a zero, which makes NaN, they differ.
        objective: what `tune` minimises: "latency", the default, or "memory", peak
            memory, and latency among what takes the least of it.
        memory_cap: peak memory at most, bytes or such as "30MiB"; `tune` raises
            MemoryCapError where that is impossible.
        target: what to compile for.
        device: IREE device to run on; None runs small programs on the calling
            thread and others on all cores.
        db: records to use: a path or an SQLAlchemy URL; None is the user's own.

    Raises:
        InputError: a static or constant argument that the function does not have, or
            a precision without an accuracy, pruning without constants, no such
            objective, or a cap that is no size.
    """
    listed = (constants,) if isinstance(constants, int | str) else constants
    licence = Licence.of(precision, accuracy, pruning=pruning, constants=listed)
    goal = Goal.of(objective, memory_cap)
    settings = Settings(target=target, device=device, db=db, licence=licence, goal=goal)

    def wrap(function: Callable[..., Any]) -> JitFunction[..., Any]:
        static = ArgumentSet.of(function, static_argnums, static_argnames)
        fixed = ArgumentSet.of_places(function, constants, option="constant")
        return JitFunction(function, static, fixed, settings)

    return wrap if function is None else wrap(function)
