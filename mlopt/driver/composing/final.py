"""The final comparison: default, stock-best and tuned, in turns, from scratch."""

from mlopt import defaults
from mlopt.core.errors import MeasureError
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.composing.recipes import Recipe, contender_of
from mlopt.driver.forms.preparing import Prepared
from mlopt.measure.plan import Comparison, Contender


def compare(prepared: Prepared, recipe: Recipe) -> Comparison:
    """Judge and time the three programs.

    The same code under two names is one program: timing it twice would invent a
    difference.

    Raises:
        MeasureError: one of them fails now.
    """
    named = _contenders(prepared, recipe)
    name_of = {contender: name for name, contender in reversed(named.items())}
    comparison = compare_in_turns(
        prepared.workbench,
        PROGRAM_KEY,
        {name: contender for contender, name in name_of.items()},
        defaults.FINAL_TURNS,
    )
    for name, failure in comparison.failures.items():
        raise MeasureError(
            f"the {name} program failed when it was compared: {failure.detail}"
        )
    return Comparison(
        latency_us={n: comparison.latency_us[name_of[c]] for n, c in named.items()},
        max_relative_error={
            n: comparison.max_relative_error[name_of[c]] for n, c in named.items()
        },
        failures={},
    )


def peak_memory(prepared: Prepared, recipe: Recipe) -> dict[str, int | None]:
    """Peak device bytes of the three programs by name; None where unknown."""
    measurer = prepared.workbench.measurer
    return {
        name: measurer.peak_memory_bytes(PROGRAM_KEY, contender.path)
        for name, contender in _contenders(prepared, recipe).items()
    }


def _contenders(prepared: Prepared, recipe: Recipe) -> dict[str, Contender]:
    return {
        "default": Contender(path=prepared.default_path),
        "stock_best": Contender(path=prepared.stock_best_path),
        "tuned": contender_of(recipe, prepared.loaded.licence),
    }
