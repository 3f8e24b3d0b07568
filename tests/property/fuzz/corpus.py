"""Texts that fuzzing starts from: all MLIR of the project, in small pieces."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
MARKER: Final = "// -----"
_EXAMPLE: Final = re.compile(r"```mlir\n(.*?)```", re.DOTALL)
_FILES: Final = (
    "transforms/*.mlir",
    "transforms/spaces/*.mlir",
    "tests/filecheck/**/*.mlir",
)


def texts() -> list[bytes]:
    """Examples of the dialect, cases of its corpus, transforms, tests of the tool."""
    page = (ROOT / "dialects/mlopt.md").read_text()
    corpus = (ROOT / "tests/e2e/dialect/corpus.mlir").read_text()
    found = [*_EXAMPLE.findall(page), *corpus.split(f"\n{MARKER}\n")]
    for pattern in _FILES:
        found.extend(path.read_text() for path in sorted(ROOT.glob(pattern)))
    return [text.encode() for text in found]
