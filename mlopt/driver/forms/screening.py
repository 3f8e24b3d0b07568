"""Which rewrites of a program are worth more than one compilation.

Answers "is this rewrite given up". Every rewrite multiplies the option sets, so each is
tried under one of them first.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from mlopt import defaults
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.forms.bases import Bases, extend_bases
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Contender
from mlopt.measure.statistics import quiet_ratio
from mlopt.targets.cpu_options import DEFAULT, SCREENS, further_option_sets

# Of a rewrite that is slower by more, other flags hardly make the fastest program. An
# LSTM that is fastest joined and hoisted is then 5% slower so than hoisted alone.
_MAX_LOSS: Final = 1.1


def extend_by_rewrites(
    bases: Bases, loaded: LoadedProgram, workbench: Workbench
) -> Bases:
    """Add the other option sets of the rewrites that are not clearly slower.

    The program's default must be in the measurer.
    """
    screened = [name for name in bases.paths if name in SCREENS]
    if not screened:
        return bases
    contenders = {n: Contender(path=bases.paths[n]) for n in (DEFAULT, *screened)}
    comparison = compare_in_turns(
        workbench, PROGRAM_KEY, contenders, defaults.CHOICE_TURNS
    )
    promising = _promising(comparison.latency_us) & SCREENS
    names = further_option_sets(promising, loaded.option_sets)
    return extend_bases(bases, loaded, workbench, names)


def _promising(samples: Mapping[str, Sequence[float]]) -> set[str]:
    """Those that none of the others beats clearly."""
    return {
        name
        for name, own in samples.items()
        if all(quiet_ratio(own, other) < _MAX_LOSS for other in samples.values())
    }
