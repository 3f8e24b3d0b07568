"""IREE's option sets on the CPU: its own, and those after a rewrite of the program.

Answers "which flags is a program compiled with". Names stand for flags wherever they
are kept or read back: flags could make the compiler run other programs.
"""

from collections.abc import Collection, Iterable, Mapping
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
# Rewrites that need no licence, in the order in which they are made, each under these
# of the stock option sets. Under the first of them it is seen whether a rewrite pays:
# `SCREENS`.
FREE_REWRITES: Final = (
    (Rewrite.JOINED,),
    (Rewrite.HOISTED,),
    (Rewrite.JOINED, Rewrite.HOISTED),
    (Rewrite.WINOGRAD,),
)
_FREE_BASES: Final = (DEFAULT, "O2", "O0+dt", "O2+dt")
# Loops written out, after those of these that may concern a loop, or alone. Tried where
# the form with the loop is the fastest.
_LOOP_REWRITES: Final = frozenset({Rewrite.JOINED, Rewrite.HOISTED})
_UNROLLED: Final = tuple(
    (*free, Rewrite.UNROLLED)
    for free in ((), *FREE_REWRITES)
    if _LOOP_REWRITES.issuperset(free)
)
FREE_FORMS: Final = (*FREE_REWRITES, *_UNROLLED)
# Constants in panels, after each of these or alone. Where IREE tiles data it lays out
# the operands of the other products.
_PREPACKED: Final = tuple((*free, Rewrite.PREPACKED) for free in ((), *FREE_FORMS))
_PREPACKED_BASES: Final = (DEFAULT, "O2", "O0+dt", "O2+dt")
# IREE's kernels by instruction, one of which multiplies unsigned with signed bytes
# (VPDPBUSD); without them it widens bytes to 16 bits.
_INNER_TILED: Final = "--iree-llvmcpu-enable-inner-tiled"
_NO_DIFFERENCE: Final = frozenset((*SCHEDULE_FLAGS, _INNER_TILED))
# What a licence adds: by precision, the rewrites of the program that it allows, each
# also after those that need none. Without data tiling IREE 3.13 has no kernel that uses
# the CPU's bf16 and int8 products.
REWRITES: Final[Mapping[Precision, tuple[Rewrite, ...]]] = {
    Precision.BF16: (Rewrite.BF16, Rewrite.BF16_OUTSIDE_LOOPS),
    Precision.INT8: (Rewrite.INT8, Rewrite.INT8_UNSIGNED),
}
_LICENSED_FLAGS: Final[Mapping[Rewrite, Mapping[str, tuple[str, ...]]]] = {
    Rewrite.BF16: {"dt": _TILED, "O2+dt": _TILED_O2},
    Rewrite.BF16_OUTSIDE_LOOPS: {"dt": _TILED, "O2+dt": _TILED_O2},
    Rewrite.INT8: {"O2+dt": _TILED_O2},
    Rewrite.INT8_UNSIGNED: {"O2+dt": (*_TILED_O2, _INNER_TILED)},
}
# Pruning needs a licence too, and may come before a precision.
_PRUNED_BASES: Final = (DEFAULT, "O2", "O0+dt", "O2+dt")


def _named(*parts: str) -> str:
    return "+".join(part for part in parts if part != DEFAULT)


_FREE_KINDS: Final = frozenset(r for rewrites in _PREPACKED for r in rewrites)
_PRECISION_KINDS: Final = frozenset(_LICENSED_FLAGS)
_FREE: Final = {
    _named(*rewrites, base): (rewrites, STOCK_OPTION_SETS[base])
    for forms, bases in ((FREE_FORMS, _FREE_BASES), (_PREPACKED, _PREPACKED_BASES))
    for rewrites in forms
    for base in bases
}
_LICENSED: Final = {
    _named(*free, rewrite, suffix): ((*free, rewrite), flags)
    for free in ((), *FREE_FORMS)
    for rewrites in REWRITES.values()
    for rewrite in rewrites
    for suffix, flags in _LICENSED_FLAGS[rewrite].items()
}
_PRUNED: Final = {
    _named(Rewrite.PRUNED, base): ((Rewrite.PRUNED,), STOCK_OPTION_SETS[base])
    for base in _PRUNED_BASES
}
_PRUNED_LICENSED: Final = {
    _named(Rewrite.PRUNED, name): ((Rewrite.PRUNED, *rewrites), flags)
    for name, (rewrites, flags) in _LICENSED.items()
    if len(rewrites) == 1
}
_REWRITTEN: Final = _FREE | _LICENSED | _PRUNED | _PRUNED_LICENSED
SCREENS: Final = frozenset(_named(*rewrites) for rewrites in FREE_REWRITES)
FREE_OPTION_SETS: Final[Mapping[str, tuple[str, ...]]] = {
    name: flags for name, (_, flags) in _FREE.items()
}
# What saves memory: dispatches that run one after the other share more of their
# buffers than those that may overlap (IREE calls this partitioning "debug", and its
# "min-peak-memory" is what it does by default), and padding inside the kernel that
# reads it is no copy in memory. They decide which buffers there are, and change no
# kernel's code.
_SERIAL: Final = "--iree-stream-partitioning-favor=debug"
_PAD_IN_KERNEL: Final = (
    "--iree-dispatch-creation-enable-fuse-padding-into-linalg-consumer-ops"
)
BUFFER_FLAGS: Final = (_SERIAL, _PAD_IN_KERNEL)
MEMORY_OPTION_SETS: Final[Mapping[str, tuple[str, ...]]] = {
    "O0+serial": (_SERIAL,),
    "O2+serial": ("--iree-opt-level=O2", _SERIAL),
    "O0+serial+pad": (_SERIAL, _PAD_IN_KERNEL),
    "O2+serial+pad": ("--iree-opt-level=O2", _SERIAL, _PAD_IN_KERNEL),
}
OPTION_SETS: Final[Mapping[str, tuple[str, ...]]] = {
    **STOCK_OPTION_SETS,
    **{name: flags for name, (_, flags) in _REWRITTEN.items()},
    **MEMORY_OPTION_SETS,
}
# Those that give matrices a layout of their own: their kernels carry encodings that
# leave no loop to write a schedule on.
DATA_TILING: Final = frozenset(
    name for name, flags in OPTION_SETS.items() if _DATA_TILING in flags
)
# Those that kernels are searched under. Kernels that read constants in panels have
# their loops under data tiling too. A memory set has a stock one's kernels, so what was
# found under that one is put into it.
_PANELS: Final = frozenset(n for n, (r, _) in _FREE.items() if Rewrite.PREPACKED in r)
SEARCHABLE: Final = (
    frozenset(OPTION_SETS) - (DATA_TILING - _PANELS) - frozenset(MEMORY_OPTION_SETS)
)


def rewrites_of(name: str) -> tuple[Rewrite, ...]:
    """What is done to a program before it is compiled under an option set, in order."""
    return _REWRITTEN[name][0] if name in _REWRITTEN else ()


def free_rewrites_of(name: str) -> tuple[Rewrite, ...]:
    """Those of them that need no licence."""
    return tuple(r for r in rewrites_of(name) if r in _FREE_KINDS)


def precision_rewrite_of(name: str) -> Rewrite | None:
    """The one of them that makes products narrower; None where none does."""
    return next((r for r in rewrites_of(name) if r in _PRECISION_KINDS), None)


def is_pruned(name: str) -> bool:
    """Whether products skip blocks of zeros under an option set."""
    return Rewrite.PRUNED in rewrites_of(name)


def without_rewrites(name: str, removed: Collection[Rewrite]) -> str:
    """The option set that differs by the lack of some of its rewrites alone."""
    kept = tuple(r for r in rewrites_of(name) if r not in removed)
    found = _option_set(kept, OPTION_SETS[name])
    if found is None:
        raise ValueError(f"no option set has {kept} and {OPTION_SETS[name]}")
    return found


def with_default_flags(name: str) -> str:
    """The one with the same rewrites and the default flags.

    The same one where no other has these rewrites, as those of a licence.
    """
    return _option_set(rewrites_of(name), ()) or name


def _option_set(rewrites: tuple[Rewrite, ...], flags: tuple[str, ...]) -> str | None:
    """The name of what was asked for; None where there is none.

    What only checks is no difference, nor is what int8 alone gains by.
    """
    for name, own in OPTION_SETS.items():
        if rewrites_of(name) == rewrites and set(own) ^ set(flags) <= _NO_DIFFERENCE:
            return name
    return None


def option_sets(
    licence: Licence | None, *, saves_memory: bool = False
) -> tuple[str, ...]:
    """Names of those that a program may be compiled under, stock ones first.

    Args:
        saves_memory: whether those that are there for their memory are among them.
    """
    frugal = MEMORY_OPTION_SETS if saves_memory else ()
    return (*STOCK_OPTION_SETS, *FREE_OPTION_SETS, *_licensed(licence), *frugal)


def _licensed(licence: Licence | None) -> list[str]:
    """Names of the option sets that a licence adds."""
    if licence is None:
        return []
    allowed = set(_FREE_KINDS)
    if licence.precision is not None:
        allowed.update(REWRITES[licence.precision])
    if licence.pruning:
        allowed.add(Rewrite.PRUNED)
    names = (*_LICENSED, *_PRUNED, *_PRUNED_LICENSED)
    return [name for name in names if allowed.issuperset(rewrites_of(name))]


def first_option_sets(names: Iterable[str]) -> tuple[str, ...]:
    """Those that a run begins with: of each rewrite that needs no licence one."""
    return tuple(n for n in names if n in SCREENS or not free_rewrites_of(n))


def further_option_sets(screens: Collection[str], names: Iterable[str]) -> list[str]:
    """Those of the same rewrites that need no licence."""
    rewrites = {rewrites_of(name) for name in screens}
    return [n for n in names if free_rewrites_of(n) in rewrites and n not in SCREENS]


def prepacked(ranking: Iterable[str]) -> list[str]:
    """Of each form of a program the first option set there is with constants in panels.

    Those alone that leave the other products their loops.

    Args:
        ranking: option sets, the fastest first.
    """
    found: dict[tuple[Rewrite, ...], str] = {}
    for name in ranking:
        if name in DATA_TILING:
            continue
        rewrites = (*rewrites_of(name), Rewrite.PREPACKED)
        counterpart = _option_set(rewrites, OPTION_SETS[name])
        if counterpart is not None:
            _ = found.setdefault(rewrites, counterpart)
    return list(found.values())


def tiled(name: str, ranking: Iterable[str]) -> str | None:
    """The option set with the same rewrites and data tiling; None where none has both.

    Args:
        ranking: option sets, the fastest first: its flags are those of the first it can
            have them of.
    """
    for other in ranking:
        if other in DATA_TILING:
            found = _option_set(rewrites_of(name), OPTION_SETS[other])
            if found is not None:
                return found
    return None


def unrolled(name: str) -> str | None:
    """The option set that differs by its loops being written out; None without one."""
    own = rewrites_of(name)
    before = tuple(r for r in own if r in _LOOP_REWRITES)
    after = tuple(r for r in own if r not in _LOOP_REWRITES)
    if Rewrite.UNROLLED in own:
        return None
    return _option_set((*before, Rewrite.UNROLLED, *after), OPTION_SETS[name])


def kernel_flags(name: str) -> tuple[str, ...]:
    """The flags of an option set that make other code of the same kernel."""
    return tuple(flag for flag in OPTION_SETS[name] if flag not in BUFFER_FLAGS)


def buffer_flags(name: str) -> tuple[str, ...]:
    """The other flags of an option set, which decide what buffers there are."""
    return tuple(flag for flag in OPTION_SETS[name] if flag in BUFFER_FLAGS)


def allowed_error(name: str, licence: Licence | None) -> float:
    """How far off a program may be under an option set; 0.0 where it stays float32.

    A relative error, as of `Licence`.
    """
    if licence is None or licence.precision is None:
        return 0.0
    is_narrower = precision_rewrite_of(name) in REWRITES[licence.precision]
    return licence.accuracy if is_narrower else 0.0


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
