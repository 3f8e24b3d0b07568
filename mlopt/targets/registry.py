"""Which targets there are, by name, and why the others are refused.

This page alone says what a target cannot do.
"""

from pathlib import Path
from typing import Final

from mlopt.core.errors import TargetError
from mlopt.core.target import Target
from mlopt.paths import cache_dir
from mlopt.targets.cpu import KIND, detect_cpu

NAMES: Final = (KIND,)
# Words people use for the same thing.
_ALIASES: Final = {"cpu": KIND, "local": KIND, "host": KIND}
_NOT_YET: Final = ("vulkan", "cuda", "tpu")


def find_target(name: str = KIND, *, facts_dir: Path | None = None) -> Target:
    """Detect the target of that name on this machine.

    Args:
        name: "llvm-cpu", or "cpu" for short.
        facts_dir: where host facts are kept; None takes mlopt's own folder.

    Raises:
        TargetError: no such target, one this version cannot tune, or none here.
    """
    if name in _NOT_YET:
        raise TargetError(
            f"target {name} cannot be tuned yet: this version tunes {KIND} only"
        )
    if _ALIASES.get(name, name) not in NAMES:
        raise TargetError(f"there is no target {name!r}; choose {' or '.join(NAMES)}")
    return detect_cpu(facts_dir or cache_dir() / "hosts")
