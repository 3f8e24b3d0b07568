"""What tests through IREE may share: the compiler's answers, never records."""

from pathlib import Path

import pytest

# Folders of a cache: code by what went into it, and what the compiler says of the CPU.
SHARED = ("artifacts", "hosts")


@pytest.fixture
def shares_compiled(cache_dir: Path, session_cache_dir: Path) -> None:
    """This test finds what earlier ones compiled; its records are its own.

    For tests that are not about compiling: eight option sets of a tiny program are a
    third of what it takes to tune it.
    """
    cache_dir.mkdir()
    for name in SHARED:
        (session_cache_dir / name).mkdir(exist_ok=True)
        (cache_dir / name).symlink_to(session_cache_dir / name)
