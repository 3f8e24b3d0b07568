"""Are the user's examples numbers that an error can be judged by?

Answers "which example argument makes accuracy meaningless". Imports jax; must not
import iree.
"""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from mlopt.core.errors import InputError
from mlopt.frontend.arguments import Place
from mlopt.frontend.ingest import Ingested
from mlopt.frontend.reference import reference_outputs
from mlopt.frontend.signature import to_numpy


def refuse_non_finite_examples(ingested: Ingested) -> None:
    """Refuse examples that say nothing of an error: NaN equals everything.

    An infinity that no result shows, as of a mask, is none of them. A program without
    examples has nothing to be refused.

    Raises:
        InputError: an argument has a NaN, or an infinity that reaches a result; it is
            named.
    """
    infinite = ""
    for name, array in _examples(ingested):
        if not jnp.issubdtype(array.dtype, jnp.inexact):
            continue
        if np.isnan(array).any():
            raise InputError(_sentence(name, "NaN"))
        if not infinite and np.isinf(array).any():
            infinite = name
    if infinite and not _has_finite_results(ingested):
        raise InputError(_sentence(infinite, "infinities, which reach the results"))


def _sentence(name: str, what: str) -> str:
    return (
        f"argument {name} has {what}: what a licence changes cannot be judged by it; "
        "pass examples that are finite"
    )


def _has_finite_results(ingested: Ingested) -> bool:
    assert ingested.jaxpr is not None
    assert ingested.example_inputs is not None
    outputs = reference_outputs(ingested.jaxpr, ingested.example_inputs).outputs
    floats = (out for out in outputs if np.issubdtype(out.dtype, np.inexact))
    return all(bool(np.isfinite(out).all()) for out in floats)


def _examples(ingested: Ingested) -> Iterator[tuple[str, np.ndarray]]:
    """Every array of the user's call, constant ones too, and what it is called."""
    signature = ingested.signature
    if ingested.example_inputs is None or signature is None:
        return
    arrays = jax.tree_util.tree_unflatten(signature.tree, ingested.example_inputs)
    positional, keywords = arrays
    fixed = {place for place, _ in (*signature.static, *signature.constants)}
    free = (each for each in range(len(positional) + len(fixed)) if each not in fixed)
    values: list[tuple[Place, object]] = [*zip(free, positional, strict=False)]
    values += keywords.items()
    values += [(place, constant.value) for place, constant in signature.constants]
    for place, value in values:
        for path, leaf in jax.tree_util.tree_leaves_with_path(value):
            yield f"{place!r}{jax.tree_util.keystr(path)}", to_numpy(leaf)
