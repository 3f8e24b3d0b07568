"""How large are the spaces of a kernel? Counted exactly, and walked through."""

from itertools import islice

import jax.numpy as jnp

import mlopt


def main() -> None:
    """Count the legal decisions for one matmul, and show the first few."""
    x, w = jnp.ones((64, 128)), jnp.ones((128, 96))
    with mlopt.Explorer() as explorer:
        program = explorer.program(jnp.matmul, x, w)
        (workload,) = program.workloads
        for space in explorer.spaces(workload):
            print(f"{space.name}: {mlopt.count_legal(space)} legal traces")
            for trace in islice(mlopt.enumerate_legal(space), 2):
                print("  ", dict(trace.decisions))


if __name__ == "__main__":
    main()
