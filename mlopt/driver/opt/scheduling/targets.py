"""The machine that spaces of a module are for: `mlopt.target`, or this one.

Imports iree.compiler.
"""

from typing import Any, Final

from iree.compiler import ir

from mlopt.core.errors import InputError
from mlopt.core.target import Target
from mlopt.targets.registry import find_target

ATTRIBUTE: Final = "mlopt.target"
_NUMBERS: Final = ("num_cores", "vector_bytes", "l1d_bytes", "l2_bytes", "l3_bytes")


def target_of(module: Any) -> Target:
    """What `mlopt.target` says; this machine where a module says nothing.

    Raises:
        InputError: the attribute lacks a fact.
        TargetError: this machine cannot be described.
    """
    attributes = module.operation.attributes
    if ATTRIBUTE not in attributes:
        return find_target()
    facts = attributes[ATTRIBUTE]
    try:
        numbers = {name: ir.IntegerAttr(facts[name]).value for name in _NUMBERS}
        kind = ir.StringAttr(facts["kind"]).value
    except (KeyError, TypeError, ValueError) as error:
        wanted = ", ".join(("kind", *_NUMBERS))
        raise InputError(f"'{ATTRIBUTE}' must say {wanted}") from error
    return Target(
        kind=kind,
        triple="",
        cpu="",
        features=(),
        compiler_version="",
        compile_flags=(),
        device_uri="",
        **numbers,
    )


def record_target(module: Any, target: Target) -> None:
    """Write the facts onto the module, so that later passes see the same machine."""
    i64 = ir.IntegerType.get_signless(64)
    facts = {n: ir.IntegerAttr.get(i64, getattr(target, n)) for n in _NUMBERS}
    facts["kind"] = ir.StringAttr.get(target.kind)
    module.operation.attributes[ATTRIBUTE] = ir.DictAttr.get(facts)
