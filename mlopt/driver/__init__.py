"""Wires the stages: nothing below this package knows another stage.

Loaded lazily: `import mlopt.driver` pulls in neither JAX nor the compiler.
"""

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mlopt.driver.api import explain as explain
    from mlopt.driver.api import preview as preview
    from mlopt.driver.api import run as run
    from mlopt.driver.api import tune as tune
    from mlopt.driver.api import tune_ingested as tune_ingested
    from mlopt.driver.building import build_from_records as build_from_records
    from mlopt.driver.workbench import Workbench as Workbench

_HOMES: Final = {
    "Workbench": "mlopt.driver.workbench",
    "build_from_records": "mlopt.driver.building",
    "explain": "mlopt.driver.api",
    "preview": "mlopt.driver.api",
    "run": "mlopt.driver.api",
    "tune": "mlopt.driver.api",
    "tune_ingested": "mlopt.driver.api",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'mlopt.driver' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
