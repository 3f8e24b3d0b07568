"""What a program's peak memory consists of: measured totals, buffers by name."""

from collections.abc import Mapping
from typing import Final

from mlopt.core.memory import Buffer, MemoryUse
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.composing.recipes import Recipe
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench

_BUFFERS: Final = "mlopt.workloads.buffers:transient_buffers"


def memory_uses(
    loaded: LoadedProgram, workbench: Workbench, recipes: Mapping[str, Recipe]
) -> dict[str, MemoryUse]:
    """Take the peaks of builds of a program apart; without those that are not known.

    Args:
        recipes: by name, with their partitions; the measurer holds the inputs.
    """
    found = {}
    for name, recipe in recipes.items():
        peak = workbench.measurer.peak_memory(PROGRAM_KEY, recipe.path)
        if peak is None or recipe.partition is None:
            continue
        buffers = workbench.call(_BUFFERS, recipe.partition.flow)
        assert isinstance(buffers, tuple)
        found[name] = MemoryUse(
            peak=peak,
            arguments_bytes=sum(spec.num_bytes for spec in loaded.program.inputs),
            results_bytes=sum(spec.num_bytes for spec in loaded.program.outputs),
            buffers=tuple(each for each in buffers if isinstance(each, Buffer)),
        )
    return found
