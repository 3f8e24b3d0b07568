"""What the user gave us as StableHLO bytecode, with the means to run it in JAX.

Answers "what is this program, in which signature". Runs in the main process: imports
jax, must not import iree.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jax
import jax.extend.core as jex
import numpy as np
from jax import export

from mlopt.core.errors import InputError, MloptError, UnsupportedError
from mlopt.core.tensors import TensorSpec
from mlopt.frontend.arguments import NO_ARGUMENTS, ArgumentSet
from mlopt.frontend.legality import refuse_unsupported
from mlopt.frontend.prng import LOWERING_RULES
from mlopt.frontend.reference import first_line, on_cpu
from mlopt.frontend.signature import (
    Results,
    Signature,
    bind,
    tensor_spec,
    to_numpy,
    to_words,
)
from mlopt.frontend.source import blame

# JAX names it so; a worker looks for it.
ENTRY: Final = "main"
# The lowering rules whose StableHLO is closest to what IREE takes.
_PLATFORM: Final = "cpu"
# Name of the dialect of sharding annotations, which IREE's parser does not know. Bytes
# of a constant may spell it too; that costs a second export and changes nothing.
_SHARDY: Final = b"sdy"


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """A program before IREE has seen it.

    Attributes:
        name: what reports call it.
        stablehlo: MLIR of the module: bytecode, or text of a user's own file.
        path: the user's MLIR or artifact file, for diagnostics; None for a callable.
        entry: symbol of the public function; None when only a worker can tell.
        inputs, outputs: flat signature; None when only a worker can tell.
        signature: tree, weak types and static values of the arguments.
        results: tree of what the function returns.
        jaxpr: the traced program over the flat inputs, for `reference_outputs`.
        call: flat NumPy inputs -> flat NumPy outputs on XLA:CPU.
        example_inputs: the user's, flat; None when none were given.

    A file in MLIR has no signature, results, jaxpr, call or examples: there the
    baseline is the reference.
    """

    name: str
    stablehlo: bytes
    path: str | None = None
    entry: str | None = None
    inputs: tuple[TensorSpec, ...] | None = None
    outputs: tuple[TensorSpec, ...] | None = None
    signature: Signature | None = None
    results: Results | None = None
    jaxpr: jex.ClosedJaxpr | None = None
    call: Callable[..., tuple[np.ndarray, ...]] | None = None
    example_inputs: tuple[np.ndarray, ...] | None = None


def ingest_callable(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None = None,
    *,
    static: ArgumentSet = NO_ARGUMENTS,
    constants: ArgumentSet = NO_ARGUMENTS,
    name: str | None = None,
) -> Ingested:
    """Trace a JAX callable for its example arguments.

    Arguments may be any pytrees of arrays, Python scalars and PRNG keys; unused ones
    stay in the signature, donation is ignored.

    Args:
        static: arguments that are values of Python; constants: arrays that become
            part of the program.

    Raises:
        InputError: the function raises while it is traced, or returns no arrays.
        SignatureError: an argument that is no array and not static, or a constant
            that could change.
        UnsupportedError: an operation that IREE cannot take.
    """
    signature, leaves = bind(args, kwargs or {}, static, constants)
    return _ingest_traceable(
        function,
        signature,
        name=name or _name_of(function),
        example_inputs=tuple(to_numpy(leaf) for leaf in leaves),
    )


def with_jaxpr(ingested: Ingested, jaxpr: jex.ClosedJaxpr) -> Ingested:
    """The same program computed in another way.

    What it is compared with stays: the jaxpr that it was traced to.
    """
    assert ingested.signature is not None
    structs = [leaf.struct for leaf in ingested.signature.leaves]
    jitted = jax.jit(jex.jaxpr_as_fun(jaxpr), keep_unused=True)
    bytecode = _to_bytecode(jitted, structs, ingested.name)
    return dataclasses.replace(ingested, stablehlo=bytecode)


def ingest_exported(exported: export.Exported, name: str, path: str) -> Ingested:
    """Take a `jax.export` artifact that has been read.

    Raises:
        UnsupportedError: symbolic dimensions, several devices, or an operation that
            IREE cannot take.
    """
    for position, aval in enumerate(exported.in_avals):
        if not all(isinstance(extent, int) for extent in aval.shape):
            raise UnsupportedError(
                f"{path}: argument {position} has the dynamic shape {aval.str_short()},"
                " and mlopt needs static shapes: export the function for one shape"
            )
    if exported.nr_devices > 1:
        raise UnsupportedError(
            f"{path}: the artifact was exported for {exported.nr_devices} devices, and "
            "mlopt compiles for one"
        )
    if _PLATFORM not in exported.platforms:
        return _foreign_artifact(exported, name, path)
    signature = Signature.of_avals(exported.in_tree, exported.in_avals)
    return _ingest_traceable(exported.call, signature, name=name, path=path)


def _foreign_artifact(exported: export.Exported, name: str, path: str) -> Ingested:
    """An artifact that JAX refuses to run on the CPU; IREE may still compile it."""
    if len(exported.platforms) > 1:
        raise UnsupportedError(
            f"{path}: the artifact was exported for {', '.join(exported.platforms)} "
            f"together: export it for {_PLATFORM} or for one platform"
        )
    kept = [exported.in_avals[index] for index in exported.module_kept_var_idx]
    return Ingested(
        name=name,
        stablehlo=bytes(exported.mlir_module_serialized),
        path=path,
        entry=ENTRY,
        inputs=tuple(map(tensor_spec, kept)),
        outputs=tuple(map(tensor_spec, exported.out_avals)),
    )


def _ingest_traceable(
    function: Callable[..., Any],
    signature: Signature,
    *,
    name: str,
    path: str | None = None,
    example_inputs: tuple[np.ndarray, ...] | None = None,
) -> Ingested:
    flat = FlatFunction(function, signature)
    structs = [leaf.struct for leaf in signature.leaves]
    # Unused arguments are kept: the compiled entry's signature is the user's.
    jitted = jax.jit(flat, keep_unused=True)
    jaxpr = _trace(jitted, structs, name)
    assert flat.results is not None  # set by tracing
    return Ingested(
        name=name,
        stablehlo=_to_bytecode(jitted, structs, name),
        path=path,
        entry=ENTRY,
        inputs=tuple(leaf.tensor for leaf in signature.leaves),
        outputs=tuple(tensor_spec(aval) for aval in jaxpr.out_avals),
        signature=signature,
        results=flat.results,
        jaxpr=jaxpr,
        call=_call_on_cpu(jaxpr),
        example_inputs=example_inputs,
    )


def _trace(jitted: Any, structs: Sequence[Any], name: str) -> jex.ClosedJaxpr:
    try:
        return jitted.trace(*structs).jaxpr
    except MloptError:
        raise
    except Exception as error:
        raise InputError(blame(error, f"{name} cannot be traced")) from error


class FlatFunction:
    """The user's function over flat arrays; remembers the tree it returned."""

    def __init__(self, function: Callable[..., Any], signature: Signature) -> None:
        self.__name__ = _name_of(function)
        self.results: Results | None = None
        self._function = function
        self._signature = signature

    def __call__(self, *arrays: Any) -> list[Any]:
        args, kwargs = self._signature.rebuild(arrays)
        value = self._function(*args, **kwargs)
        self.results, leaves = Results.of(value)
        return [to_words(leaf) for leaf in leaves]


def _to_bytecode(jitted: Any, structs: Sequence[Any], name: str) -> bytes:
    """A portable artifact: raw MLIR bytecode of jaxlib is not readable by IREE."""
    any_custom_call = export.DisabledSafetyCheck.custom_call("ALL")
    exporter = export.export(
        jitted,
        platforms=(_PLATFORM,),
        disabled_checks=[any_custom_call],
        # Not public, and the only way to lower one operation differently here alone.
        _override_lowering_rules=LOWERING_RULES,
    )
    try:
        bytecode = bytes(exporter(*structs).mlir_module_serialized)
        if _SHARDY in bytecode:
            with _without_shardy():
                bytecode = bytes(exporter(*structs).mlir_module_serialized)
    except Exception as error:
        # jax.export says that something is not exportable, not where it is.
        lowered = jitted.trace(*structs).lower(lowering_platforms=(_PLATFORM,))
        refuse_unsupported(lowered.compiler_ir("stablehlo"), name)
        raise UnsupportedError(
            f"{name} cannot be exported to StableHLO: {first_line(error)}"
        ) from error
    return bytecode


@contextmanager
def _without_shardy() -> Iterator[None]:
    """Let JAX write shardings as custom calls, which a worker can parse and drop."""
    config: Any = jax.config  # its stub lists no flags
    before = config.jax_use_shardy_partitioner
    config.update("jax_use_shardy_partitioner", False)
    try:
        yield
    finally:
        config.update("jax_use_shardy_partitioner", before)


def _call_on_cpu(jaxpr: jex.ClosedJaxpr) -> Callable[..., tuple[np.ndarray, ...]]:
    compiled = jax.jit(jex.jaxpr_as_fun(jaxpr))

    def call(*arrays: np.ndarray) -> tuple[np.ndarray, ...]:
        with on_cpu():
            return tuple(np.asarray(result) for result in compiled(*arrays))

    return call


def _name_of(function: Any) -> str:
    name = getattr(function, "__name__", None) or type(function).__name__
    return "function" if name == "<lambda>" else str(name)


def stem(path: Path) -> str:
    """A file's name without its extensions."""
    return path.name.split(".")[0] or path.name
