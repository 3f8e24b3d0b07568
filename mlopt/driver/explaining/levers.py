"""What is decided with an option set, and which set lacks each part of it."""

from collections.abc import Iterator

from mlopt.core.explanation import LeverKind
from mlopt.core.licence import Licence, Rewrite
from mlopt.targets.cpu_options import (
    free_rewrites_of,
    is_pruned,
    precision_rewrite_of,
    rewrites_of,
    with_default_flags,
    without_rewrites,
)


def levers_of(
    base: str, licence: Licence | None
) -> Iterator[tuple[LeverKind, str, str]]:
    """Kind, subject, and the option set without it.

    The flags of a precision are part of it: no other set has them.
    """
    for rewrite in free_rewrites_of(base):
        yield LeverKind.REWRITES, str(rewrite), without_rewrites(base, {rewrite})
    if is_pruned(base):
        counterpart = without_rewrites(base, {Rewrite.PRUNED})
        yield LeverKind.PRUNING, "zero blocks", counterpart
    narrower = precision_rewrite_of(base)
    if narrower is not None:
        assert licence is not None
        counterpart = without_rewrites(base, {narrower})
        yield LeverKind.PRECISION, str(licence.precision), counterpart
    elif (plain := with_default_flags(base)) != base:
        subject = without_rewrites(base, rewrites_of(base))
        yield LeverKind.OPTIONS, subject, plain
