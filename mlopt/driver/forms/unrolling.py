"""Whether the loops of a program are written out, step by step.

Tried on the forms that are fastest with their loops, since a program of many steps is
compiled for longer.
"""

import dataclasses
from typing import Final

from mlopt import defaults
from mlopt.core.errors import MeasureError
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.forms.bases import Choice, extend_bases
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Contender
from mlopt.measure.statistics import quiet_ratio
from mlopt.targets.cpu_options import allowed_error, unrolled

# What is compiled for longer, again for each candidate of the whole, has to be faster.
_MIN_GAIN: Final = 1.02


def unroll(loaded: LoadedProgram, workbench: Workbench, choice: Choice) -> Choice:
    """Put the forms without loops in the places of those that they beat.

    The program's default must be in the measurer.
    """
    twins = {
        name: twin
        for name in dict.fromkeys((choice.fastest, choice.base))
        if (twin := unrolled(name)) is not None
        and list(loaded.distinct((name, twin))) == [name, twin]
    }
    if not twins:
        return choice
    bases = extend_bases(choice.bases, loaded, workbench, twins.values())
    contenders = {
        name: Contender(
            path=bases.paths[name], accuracy=allowed_error(name, loaded.licence)
        )
        for pair in twins.items()
        for name in pair
        if name in bases.paths
    }
    try:
        comparison = compare_in_turns(
            workbench, PROGRAM_KEY, contenders, defaults.CHOICE_TURNS
        )
    except MeasureError:
        return choice
    times = comparison.latency_us
    bases = dataclasses.replace(
        bases,
        paths={n: p for n, p in bases.paths.items() if n not in comparison.failures},
        failures={**bases.failures, **comparison.failures},
    )
    better = {
        name: twin
        for name, twin in twins.items()
        if {name, twin} <= times.keys()
        and quiet_ratio(times[name], times[twin]) >= _MIN_GAIN
    }
    return dataclasses.replace(
        choice,
        bases=bases,
        fastest=better.get(choice.fastest, choice.fastest),
        base=better.get(choice.base, choice.base),
        ranking=tuple(better.get(name, name) for name in choice.ranking),
    )
