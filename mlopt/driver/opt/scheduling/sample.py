"""mlopt-sample: legal decisions for each space of each workload.

Imports iree.compiler.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from mlopt.core.candidate import Space, Trace
from mlopt.core.errors import InputError
from mlopt.dialect.printing import schedule_text
from mlopt.driver.opt.scheduling import contents
from mlopt.driver.opt.scheduling.plans import plan_for
from mlopt.driver.opt.scheduling.targets import target_of
from mlopt.driver.opt.workloads import workloads_of
from mlopt.search.sampling import sample

_MAX_COUNT: Final = 10_000
_TRIES: Final = 4


def run(module: Any, options: Mapping[str, str], write: Callable[[str], None]) -> None:
    """Append schedules, drawn at random; fewer where a space has no more.

    Options:
        seed: 0 by default; the same seed draws the same.
        count: for each workload and space; 1 by default.

    Raises:
        InputError: no space is named on any workload, or an option is no number.
    """
    seed, count = _number(options, "seed", 0), _number(options, "count", 1)
    templates = contents.templates_in(module, "the input")
    target = target_of(module)
    num_spaces = 0
    for workload in workloads_of(module):
        executable = contents.executables_of(module, workload)[0]
        rng = np.random.default_rng([seed, int(workload.hash, 16)])
        for name in contents.spaces_of(executable):
            num_spaces += 1
            plan = plan_for(templates, name, workload, target)
            for trace in _draw(plan.space, count, rng):
                provenance = f"sampled with seed {seed}"
                text = schedule_text(trace, workload.hash, provenance=provenance)
                contents.append(module, text)
    if not num_spaces:
        raise InputError("no workload has a space: run mlopt-space first")


def _draw(space: Space, count: int, rng: np.random.Generator) -> list[Trace]:
    drawn: dict[Trace, None] = {}
    for _ in range(_TRIES * count):
        if len(drawn) < count:
            drawn[sample(space, rng)] = None
    return list(drawn)


def _number(options: Mapping[str, str], name: str, otherwise: int) -> int:
    text = options.get(name, str(otherwise))
    if not text.isdecimal() or not 0 <= int(text[:9]) <= 10**9:
        raise InputError(f"{name} must be a number, not '{text}'")
    number = int(text)
    if name == "count" and not 1 <= number <= _MAX_COUNT:
        raise InputError(f"count must be between 1 and {_MAX_COUNT}")
    return number
