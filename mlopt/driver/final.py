"""The final comparison: default, stock-best and tuned, in turns, from scratch."""

from mlopt import defaults
from mlopt.core.errors import MeasureError
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.composing import Recipe
from mlopt.driver.preparing import Prepared
from mlopt.measure.plan import Comparison


def compare(prepared: Prepared, recipe: Recipe) -> Comparison:
    """Judge and time the three programs.

    The same code under two names is one program: timing it twice would invent a
    difference.

    Raises:
        MeasureError: one of them fails now.
    """
    named = _paths(prepared, recipe)
    name_of = {path: name for name, path in reversed(named.items())}
    comparison = compare_in_turns(
        prepared.workbench,
        PROGRAM_KEY,
        {name: path for path, name in name_of.items()},
        defaults.FINAL_TURNS,
    )
    for name, failure in comparison.failures.items():
        raise MeasureError(
            f"the {name} program failed when it was compared: {failure.detail}"
        )
    return Comparison(
        latency_us={n: comparison.latency_us[name_of[p]] for n, p in named.items()},
        max_relative_error={
            n: comparison.max_relative_error[name_of[p]] for n, p in named.items()
        },
        failures={},
    )


def peak_memory(prepared: Prepared, recipe: Recipe) -> dict[str, int | None]:
    """Peak device bytes of the three programs by name; None where unknown."""
    measurer = prepared.workbench.measurer
    return {
        name: measurer.peak_memory_bytes(PROGRAM_KEY, path)
        for name, path in _paths(prepared, recipe).items()
    }


def _paths(prepared: Prepared, recipe: Recipe) -> dict[str, str]:
    return {
        "default": prepared.default_path,
        "stock_best": prepared.stock_best_path,
        "tuned": recipe.path,
    }
