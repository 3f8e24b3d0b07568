"""What the measuring worker is told of a workload or a program before it is timed."""

from mlopt import defaults
from mlopt.core.target import Target
from mlopt.core.workload import Workload
from mlopt.driver.programs import LoadedProgram
from mlopt.frontend.inputs import random_inputs
from mlopt.frontend.reference import reference_outputs
from mlopt.measure.plan import BaselineSpec
from mlopt.workloads.cost import reduction_length

PROGRAM_KEY = "program"


def workload_spec(
    workload: Workload, path: str, target: Target, seed: int
) -> BaselineSpec:
    """A workload against its own default compilation, on random inputs."""
    inputs = [
        list(random_inputs(workload.inputs, seed + i))
        for i in range(defaults.NUM_INPUT_SEEDS)
    ]
    return BaselineSpec(
        key=workload.hash,
        path=path,
        entry=workload.entry,
        inputs=inputs,
        references=None,
        reduction_length=reduction_length(workload.ops),
        device_uri=target.device_uri,
        num_threads=target.num_cores,
    )


def program_spec(
    loaded: LoadedProgram,
    path: str,
    target: Target,
    length: int,
    seed: int,
    *,
    key: str = PROGRAM_KEY,
) -> BaselineSpec:
    """A whole program against the JAX reference, on the user's and random inputs.

    Args:
        path: the default compilation.
        length: longest reduction among the program's workloads.
        key: to hold it under.
    """
    inputs = input_sets(loaded, seed)
    references = None
    jaxpr = loaded.ingested.jaxpr
    if jaxpr is not None:
        references = [list(reference_outputs(jaxpr, each).outputs) for each in inputs]
    return BaselineSpec(
        key=key,
        path=path,
        entry=loaded.program.entry,
        inputs=inputs,
        references=references,
        reduction_length=length,
        device_uri=target.device_uri,
        num_threads=target.num_cores,
    )


def input_sets(loaded: LoadedProgram, seed: int) -> list[list]:
    """The user's example first, if there is one, then random inputs like it."""
    specs = loaded.program.inputs
    example = loaded.ingested.example_inputs
    sets = [] if example is None else [list(example)]
    while len(sets) < defaults.NUM_INPUT_SEEDS:
        sets.append(list(random_inputs(specs, seed + len(sets), like=example)))
    return sets
