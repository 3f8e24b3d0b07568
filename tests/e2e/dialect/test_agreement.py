"""mlopt's verifier and a stock `iree-opt --irdl-file` say the same of the same IR."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEFINITION = HERE.parents[2] / "dialects" / "mlopt.irdl.mlir"
IREE_OPT = Path(sys.executable).with_name("iree-opt")
SEPARATOR = "\n// -----\n"
CASE = re.compile(r"// (valid|invalid|senseless): (.*)\n")


def cases() -> list:
    _, *texts = (HERE / "corpus.mlir").read_text().split(SEPARATOR)
    found = []
    for text in texts:
        match = CASE.match(text)
        assert match, text
        kind, name = match.groups()
        found.append(pytest.param(kind, text, id=f"{kind}-{name.replace(' ', '_')}"))
    return found


def iree_opt_accepts(text: str) -> bool:
    done = subprocess.run(
        [IREE_OPT, f"--irdl-file={DEFINITION}", "-"],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


@pytest.mark.parametrize(("kind", "text"), cases())
def test_both_agree_on_the_case(verify, kind, text):
    assert iree_opt_accepts(text) == (kind != "invalid")
    assert (verify(text) == []) == (kind == "valid")
