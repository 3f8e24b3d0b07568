"""Everything a command line can name -> Ingested.

Answers "what is in this file": Python, MLIR text, MLIR bytecode or a `jax.export`
artifact. Imports jax; must not import iree, whose compiler alone can read linalg: MLIR
is parsed in a worker.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jax import export
from jax.interpreters import mlir
from jaxlib import _jax  # pyright: ignore[reportAttributeAccessIssue]
from jaxlib.mlir import ir
from jaxlib.mlir.dialects import stablehlo

from mlopt.core.errors import InputError
from mlopt.frontend.arguments import ArgumentSet, Place
from mlopt.frontend.ingest import (
    Ingested,
    ingest_callable,
    ingest_exported,
    stem,
)
from mlopt.frontend.reference import first_line
from mlopt.frontend.source import LoadedSource, load_source, split_reference

_BYTECODE_MAGIC: Final = b"ML\xefR"
# A portable artifact names its StableHLO version as its producer.
_PORTABLE_MARK: Final = b"StableHLO_v"
_HEADER_BYTES: Final = 64


def ingest(reference: str, constants: Sequence[Place] = ()) -> Ingested:
    """Read `file.py:name`, an MLIR file or a `jax.export` artifact.

    Args:
        constants: arguments of a Python function whose example arrays become part of
            the program, by position or name.

    Raises:
        InputError: missing file or name, a function that raises, an unreadable file,
            or constants where there is no function.
        SignatureError, UnsupportedError: as `ingest_callable`.
    """
    path, name = split_reference(reference)
    if name is not None:
        source = load_source(path, name)
        return ingest_callable(
            source.function,
            source.args,
            source.kwargs,
            constants=_constants(source, constants),
            name=source.name,
        )
    if constants:
        raise InputError(
            f"{path} holds a finished program: only arguments of a Python function can "
            "be made constants"
        )
    return ingest_file(path)


def _constants(source: LoadedSource, places: Sequence[Place]) -> ArgumentSet:
    found = ArgumentSet.of_places(source.function, places, option="constant")
    if len(found.chosen(source.args, source.kwargs)) < len(set(places)):
        listed = ", ".join(map(repr, places))
        raise InputError(
            f"{source.name} has no example arguments for all of the constants {listed}"
        )
    return found


def ingest_file(path: Path) -> Ingested:
    """Read MLIR or a `jax.export` artifact, told apart by content.

    Raises:
        InputError: neither of them, or unreadable.
        UnsupportedError: as `ingest_exported`.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if content.startswith(_BYTECODE_MAGIC):
        return _mlir(path, _portable(content))
    if path.suffix in (".mlir", ".mlirbc"):
        return _mlir(path, content)
    return ingest_exported(_read_artifact(path, content), stem(path), str(path))


def _mlir(path: Path, content: bytes) -> Ingested:
    if not content.strip():
        raise InputError(f"{path} is empty")
    return Ingested(name=stem(path), stablehlo=content, path=str(path))


def _read_artifact(path: Path, content: bytes) -> export.Exported:
    try:
        return export.deserialize(bytearray(content))
    except ImportError as error:
        raise InputError(f"{path} cannot be read: {first_line(error)}") from error
    except Exception as error:
        # Whatever the flatbuffer's reader meets in bytes that are none. Only what
        # JAX itself says (a version, an unregistered tree) helps the user.
        said = f": {first_line(error)}" if isinstance(error, ValueError) else ""
        raise InputError(
            f"{path} is neither MLIR nor a jax.export artifact that this JAX can "
            f"read{said}"
        ) from error


def _portable(content: bytes) -> bytes:
    """StableHLO bytecode in the form that IREE can read too.

    jaxlib's raw bytecode encodes StableHLO in its own MLIR version, which IREE's
    parser rejects. What jaxlib cannot parse (linalg) is left for IREE.
    """
    if _PORTABLE_MARK in content[:_HEADER_BYTES]:
        return content
    with mlir.make_ir_context():
        try:
            module = ir.Module.parse(content)
            version = stablehlo.get_version_from_compatibility_requirement(
                stablehlo.StablehloCompatibilityRequirement.WEEK_4
            )
            # What jax.export calls. The public function of the stablehlo dialect
            # leaves CHLO operations (erf, top_k) in a form that nobody reads.
            return _jax.mlir.serialize_portable_artifact(module, version, False)
        except Exception:  # not StableHLO, or of another version: IREE's turn
            return content
