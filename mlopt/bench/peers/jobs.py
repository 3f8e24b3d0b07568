"""What runs in a peer's process: build, check, take a seat. Imports the frameworks."""

import importlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlopt.bench.peers.standing import Peer
from mlopt.bench.plan import Material
from mlopt.bench.seats import take_seat
from mlopt.core.errors import MeasureError
from mlopt.measure.correctness import compare
from mlopt.measure.sampling import Call

_MODELS: Final = "mlopt.bench.peers.torch_models"
_LINE_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSpec:
    """One model for one peer.

    Attributes:
        model: `module:function` of `torch_models`.
        reduction_length: as of `ContestSpec`.
    """

    peer: Peer
    model: str
    material: Material
    reduction_length: int
    num_threads: int


def seat_peer(spec: PeerSpec) -> float:
    """Have a peer ready to be timed; its largest relative error against `jax.jit`.

    Raises:
        MeasureError: the peer cannot be imported, cannot run the model, or gives
            other results; the sentence is for the table.
    """
    try:
        outputs, call = _first_outputs(spec)
    except ImportError as error:
        raise MeasureError(f"cannot be imported: {_line(error)}") from error
    except Exception as error:
        kind = type(error).__name__
        raise MeasureError(f"cannot run it: {kind}: {_line(error)}") from error
    verdict = compare(outputs, spec.material.references, spec.reduction_length)
    if not verdict.ok:
        raise MeasureError(f"wrong: {verdict.sentence}")
    take_seat(spec.peer, call)
    return verdict.max_relative_error


def _first_outputs(spec: PeerSpec) -> tuple[list[np.ndarray], Call]:
    from mlopt.bench.peers.engines import start

    module, _, function = spec.model.partition(":")
    build = getattr(importlib.import_module(f"{_MODELS}.{module}"), function)
    program = build(spec.material.weights, spec.material.inputs)
    engine = start(spec.peer, program, spec.num_threads)
    return program.restore(engine.outputs()), engine.call


def _line(error: Exception) -> str:
    """What a cell of a table has room for: the first line that says something.

    OpenVINO begins with where in its sources it was: "Exception from src/...:104:".
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if not line.endswith(":")] or lines
    return telling[0][:_LINE_CHARACTERS] if telling else "nothing said"
