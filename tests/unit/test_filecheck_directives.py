"""filecheck ignores a directive it does not know, so this refuses misspelt ones."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "filecheck"
FILES = sorted(path for path in FOLDER.rglob("*.mlir") if "Inputs" not in path.parts)

SUFFIX = r"(-(NEXT|SAME|DAG|NOT|LABEL|EMPTY|COUNT-\d+))?(\{LITERAL\})?:"
PREFIX_FLAG = re.compile(r"--check-prefix(?:es)?[= ]([\w,-]+)")
LIT_KEYWORDS = {"RUN", "XFAIL", "REQUIRES", "UNSUPPORTED", "DEFINE", "REDEFINE", "COM"}
# What stands where a directive stands: capitals after the comment marker, a colon.
DIRECTIVE_LIKE = re.compile(r"//\s*([A-Z][A-Z0-9_]+)(?:-[A-Z0-9-]+)?(?:\{\w*\})?:")


def misspelt_directives(text: str) -> list[str]:
    """The words of `text` that look like directives and that filecheck skips."""
    run_lines = [line for line in text.splitlines() if "RUN:" in line]
    flags = PREFIX_FLAG.findall("\n".join(run_lines))
    prefixes = {"CHECK", *(name for flag in flags for name in flag.split(","))}
    either = "|".join(map(re.escape, sorted(prefixes, key=len, reverse=True)))
    word = re.compile(rf"(?<![A-Za-z_-])(?:{either})[\w-]*(?:\{{\w*\}})?:?")
    legal = re.compile(f"(?:{either}){SUFFIX}")

    found = []
    for line in text.splitlines():
        if line in run_lines:
            continue
        found += [w for w in word.findall(line) if not legal.fullmatch(w)]
        like = DIRECTIVE_LIKE.match(line.strip())
        if like and like[1] not in LIT_KEYWORDS and not word.search(line):
            found.append(like[0].removeprefix("//").strip())
    return found


@pytest.mark.parametrize(
    "line",
    [
        "// CHECK: a",
        "// CHECK-NEXT: a",
        "  // CHECK-COUNT-3: a",
        "// CHECK-SAME{LITERAL}: [[a]]",
        "// CHECK-EMPTY:",
        "// A sentence about checks.",
        "// REQUIRES: vulkan",
    ],
)
def test_a_directive_spelt_right_passes(line):
    assert misspelt_directives(f"// RUN: mlopt-opt %s | filecheck %s\n{line}\n") == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("// CHECK-NXT: a", "CHECK-NXT:"),
        ("// CHECK_NEXT: a", "CHECK_NEXT:"),
        ("// CHECK-COUNT: a", "CHECK-COUNT:"),
        ("// CHECK a", "CHECK"),
        ("// CHECKS: a", "CHECKS:"),
        ("// CHECK{LITRAL}: a", "CHECK{LITRAL}:"),
        ("// CHCEK: a", "CHCEK:"),
        ("// CHCEK-NEXT: a", "CHCEK-NEXT:"),
        ("// TILED: a", "TILED:"),
    ],
)
def test_a_misspelt_directive_is_found(line, word):
    text = f"// RUN: mlopt-opt %s | filecheck %s\n{line}\n"
    assert misspelt_directives(text) == [word]


def test_a_prefix_named_on_a_run_line_is_a_directive():
    run = "// RUN: mlopt-opt %s | filecheck %s --check-prefixes=TILED,FUSED-A\n"
    assert misspelt_directives(run + "// TILED-NEXT: a\n// FUSED-A: b\n") == []
    assert misspelt_directives(run + "// TILED-NXT: a\n") == ["TILED-NXT:"]


@pytest.mark.parametrize("path", FILES, ids=lambda f: str(f.relative_to(FOLDER)))
def test_directives_are_spelt_right(path):
    assert misspelt_directives(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda f: str(f.relative_to(FOLDER)))
def test_file_runs_something(path):
    assert "// RUN:" in path.read_text(encoding="utf-8")
