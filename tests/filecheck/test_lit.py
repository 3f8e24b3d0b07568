"""Every MLIR file of this folder is one test, run by lit."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LIT = Path(sys.executable).with_name("lit")
FILES = sorted(path for path in HERE.rglob("*.mlir") if "Inputs" not in path.parts)


def run_lit(source: Path, exec_root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LIT, "-v", "--param", f"exec_root={exec_root}", source],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("source", FILES, ids=lambda f: str(f.relative_to(HERE)))
def test_filecheck(source, tmp_path):
    done = run_lit(source, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("text", "expected"), [("%a = 1", 0), ("%a = 2", 1)])
def test_lit_here_tells_a_match_from_a_mismatch(tmp_path, text, expected):
    (tmp_path / "lit.cfg.py").write_text((HERE / "lit.cfg.py").read_text())
    source = tmp_path / "made.mlir"
    source.write_text(f"// RUN: echo '{text}' | filecheck %s\n// CHECK: %a = 1\n")
    done = run_lit(source, tmp_path / "out")
    assert done.returncode == expected, done.stdout + done.stderr
