"""The reference every candidate is compared with: the user's function on XLA:CPU.

Answers "what is the right result". Imports jax; must not import iree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.extend.core as jex
import numpy as np

from mlopt.core.errors import MeasureError
from mlopt.frontend.inputs import random_inputs
from mlopt.frontend.rewriting.widening import WideInterpreter, widen

__all__ = ["Reference", "random_inputs", "reference_outputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Right results for one set of inputs.

    Attributes:
        outputs: flat, in the program's order; floats as float64 whatever `precision`.
        precision: "float64" when everything was evaluated so, else "float32": some
            operation on floats had to run in the program's own dtype.
        narrow: names of those operations.
    """

    outputs: tuple[np.ndarray, ...]
    precision: str
    narrow: tuple[str, ...] = ()


def reference_outputs(
    jaxpr: jex.ClosedJaxpr, inputs: Sequence[np.ndarray]
) -> Reference:
    """Evaluate a traced program on XLA:CPU, in float64 where dtypes allow.

    Args:
        jaxpr: `Ingested.jaxpr`.
        inputs: one array per input, in the program's own dtypes.

    Raises:
        MeasureError: XLA cannot run it.
    """
    interpreter = WideInterpreter()

    def evaluate(consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
        return interpreter.evaluate(jaxpr.jaxpr, consts, arguments)

    try:
        with on_cpu(), jax.enable_x64(True), jax.default_matmul_precision("highest"):
            wide = [widen(np.asarray(array)) for array in inputs]
            results = jax.jit(evaluate)(jaxpr.consts, wide)
            outputs = tuple(np.asarray(result) for result in results)
    except Exception as error:
        raise MeasureError(
            f"the reference cannot be evaluated on XLA:CPU: {first_line(error)}"
        ) from error
    narrow = tuple(sorted(interpreter.narrow))
    return Reference(
        outputs=outputs, precision="float32" if narrow else "float64", narrow=narrow
    )


def on_cpu() -> Any:
    """Context in which JAX runs on the CPU, whatever else the machine has."""
    return jax.default_device(jax.local_devices(backend="cpu")[0])


def first_line(error: BaseException) -> str:
    """The headline of an exception; JAX's own run to pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
