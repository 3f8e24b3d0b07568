"""An explanation as JSON: what each decision bought, the kernels, the memory."""

import json

from mlopt.core.explanation import Lever, ProgramExplanation
from mlopt.report.json_report import latency_to_json, ratio_to_json
from mlopt.report.kernels import kernels_to_json
from mlopt.report.memory import memory_to_json


def explanation_to_json_text(explanation: ProgramExplanation) -> str:
    """Indented text that ends with a line's end; times are microseconds.

    A lever without a program has null for its time and what it bought.
    """
    content = {
        "name": explanation.name,
        "target": explanation.target.key,
        "versions": dict(explanation.versions),
        "objective": explanation.objective,
        "licence": explanation.licence,
        "base_name": explanation.base_name,
        "default": latency_to_json(explanation.default),
        "tuned": latency_to_json(explanation.tuned),
        "speedup": ratio_to_json(explanation.speedup),
        "levers": [_lever(lever) for lever in explanation.levers],
        "kernels": kernels_to_json(explanation.kernels),
        "memory": memory_to_json(explanation.memory),
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _lever(lever: Lever) -> dict[str, object]:
    without, bought = lever.without, lever.bought
    return {
        "kind": str(lever.kind),
        "subject": lever.subject,
        "falls_with_it": lever.falls_with_it,
        "without": None if without is None else latency_to_json(without),
        "bought": None if bought is None else ratio_to_json(bought),
        "failure": lever.failure,
    }
