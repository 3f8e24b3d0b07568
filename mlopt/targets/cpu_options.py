"""IREE's option sets on the CPU: its own documented ones, and what licences add.

Answers "which flags is a program compiled with". Names stand for flags wherever they
are kept or read back: flags could make the compiler run other programs.
"""

from collections.abc import Mapping
from typing import Final

from mlopt.core.licence import Licence, Precision, Rewrite

# Packed schedules, and IREE's own packed bf16 tiles, keep blocks on the stack that its
# cautious default (32 KiB) refuses; this is what its worker threads have. It is a check
# only: code that passes without the flag is the same with it.
SCHEDULE_FLAGS: Final = ("--iree-llvmcpu-stack-allocation-limit=131072",)
DEFAULT: Final = "default"
# The documented option sets whose best is the `stock-best` baseline. Nothing but
# these flags differs between them; data tiling stays off at every level.
STOCK_OPTION_SETS: Final[Mapping[str, tuple[str, ...]]] = {
    "default": (),
    "O1": ("--iree-opt-level=O1",),
    "O2": ("--iree-opt-level=O2",),
    "O3": ("--iree-opt-level=O3",),
    "O0+dt": ("--iree-opt-data-tiling",),
    "O2+dt": ("--iree-opt-level=O2", "--iree-opt-data-tiling"),
    "O3+dt": ("--iree-opt-level=O3", "--iree-opt-data-tiling"),
    "reassoc": ("--iree-llvmcpu-reassociate-fp-reductions",),
}
_DATA_TILING: Final = "--iree-opt-data-tiling"
_TILED: Final = (_DATA_TILING, *SCHEDULE_FLAGS)
_TILED_O2: Final = ("--iree-opt-level=O2", *_TILED)
# What a licence adds to them: by precision, the rewrites of the program that it allows,
# and by rewrite the option sets. Without data tiling IREE 3.13 has no kernel that uses
# the CPU's bf16 products.
REWRITES: Final[Mapping[Precision, tuple[Rewrite, ...]]] = {
    Precision.BF16: (Rewrite.BF16, Rewrite.BF16_OUTSIDE_LOOPS),
}
_REWRITTEN: Final = {
    f"{rewrite}+{suffix}": (rewrite, flags)
    for rewrite in Rewrite
    for suffix, flags in (("dt", _TILED), ("O2+dt", _TILED_O2))
}
LICENSED_OPTION_SETS: Final[Mapping[Precision, Mapping[str, tuple[str, ...]]]] = {
    precision: {n: flags for n, (r, flags) in _REWRITTEN.items() if r in rewrites}
    for precision, rewrites in REWRITES.items()
}
OPTION_SETS: Final[Mapping[str, tuple[str, ...]]] = STOCK_OPTION_SETS | {
    name: flags
    for sets in LICENSED_OPTION_SETS.values()
    for name, flags in sets.items()
}
# Those that give matrices a layout of their own: their kernels carry encodings that
# leave no loop to write a schedule on.
DATA_TILING: Final = frozenset(
    name for name, flags in OPTION_SETS.items() if _DATA_TILING in flags
)


def rewrite_of(name: str) -> Rewrite | None:
    """What is done to a program before it is compiled under an option set."""
    return _REWRITTEN[name][0] if name in _REWRITTEN else None


def without_rewrite(name: str) -> str:
    """The stock option set that differs from one of a licence by its rewrite alone."""
    flags = [flag for flag in OPTION_SETS[name] if flag not in SCHEDULE_FLAGS]
    return next(n for n, own in STOCK_OPTION_SETS.items() if list(own) == flags)


def option_sets(licence: Licence | None) -> tuple[str, ...]:
    """Names of those that a program may be compiled under, stock ones first."""
    licensed = () if licence is None else LICENSED_OPTION_SETS[licence.precision]
    return (*STOCK_OPTION_SETS, *licensed)


def allowed_error(name: str, licence: Licence | None) -> float:
    """How far off a program may be under an option set; 0.0 where it stays float32.

    A relative error, as of `Licence`.
    """
    if licence is None or name not in LICENSED_OPTION_SETS[licence.precision]:
        return 0.0
    return licence.accuracy


def compile_flags(
    target_flags: tuple[str, ...], name: str, *, is_scheduled: bool = False
) -> tuple[str, ...]:
    """All flags of a compilation, each once.

    Args:
        name: of an option set.
        is_scheduled: whether schedules of mlopt are in the program.
    """
    own = SCHEDULE_FLAGS if is_scheduled else ()
    return tuple(dict.fromkeys((*target_flags, *OPTION_SETS[name], *own)))
