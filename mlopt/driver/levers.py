"""What is decided with an option set, and which set lacks each part of it."""

from collections.abc import Iterator

from mlopt.core.explanation import LeverKind
from mlopt.core.licence import Licence
from mlopt.targets.cpu_options import (
    free_rewrites_of,
    licensed_rewrite_of,
    with_default_flags,
    without_rewrites,
)


def levers_of(
    base: str, licence: Licence | None
) -> Iterator[tuple[LeverKind, str, str]]:
    """Kind, subject, and the option set without it.

    The flags of a precision are part of it: no other set has them.
    """
    free = free_rewrites_of(base)
    for rewrite in free:
        yield LeverKind.REWRITES, str(rewrite), without_rewrites(base, {rewrite})
    licensed = licensed_rewrite_of(base)
    if licensed is not None:
        assert licence is not None
        counterpart = without_rewrites(base, {licensed})
        yield LeverKind.PRECISION, str(licence.precision), counterpart
    elif (plain := with_default_flags(base)) != base:
        yield LeverKind.OPTIONS, without_rewrites(base, free), plain
