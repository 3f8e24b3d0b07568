"""lit's configuration: MLIR files whose RUN lines pipe into filecheck.

`config` and `lit_config` are names that lit gives to this file.
"""
# pyright: reportUndefinedVariable=false
# ruff: noqa: F821

import os
import sys
from pathlib import Path

import lit.formats

HERE = Path(__file__).parent

config.name = "mlopt"
config.test_format = lit.formats.ShTest()
config.suffixes = [".mlir"]
config.excludes = ["Inputs"]
config.test_source_root = str(HERE)
config.test_exec_root = lit_config.params.get("exec_root", str(HERE / "Output"))

# The tools of the interpreter that runs lit: mlopt, filecheck, not the user's own.
tools = str(Path(sys.executable).parent)
config.environment["PATH"] = os.pathsep.join([tools, os.environ["PATH"]])
config.substitutions.append(("%python", sys.executable))

for name in ("MLOPT_CACHE_DIR", "HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
