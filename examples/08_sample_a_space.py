"""Draw legal traces at random and see what they are worth on this machine."""

import jax.numpy as jnp
import numpy as np

import mlopt


def main() -> None:
    """Sample each space of one matmul, and measure what was drawn."""
    x, w = jnp.ones((64, 128)), jnp.ones((128, 96))
    rng = np.random.default_rng(0)
    with mlopt.Explorer() as explorer:
        (workload,) = explorer.program(jnp.matmul, x, w).workloads
        spaces = explorer.spaces(workload)
        traces = [mlopt.sample(space, rng) for space in spaces for _ in range(2)]
        for trial in explorer.measure(workload, traces):
            trace = trial.candidate.trace
            worth = f"{trial.speedup:.2f}x over default" if trial.speedup else "failed"
            print(f"{trace.space}: {worth}: {dict(trace.decisions)}")


if __name__ == "__main__":
    main()
