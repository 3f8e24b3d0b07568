"""Choose a schedule by hand, look at its script, and run the program with it."""

import jax
import jax.numpy as jnp
import numpy as np

import mlopt


def dense(x, w, b):
    """One dense layer."""
    return jax.nn.relu(x @ w + b)


def main() -> None:
    """Put the first expert's schedule on the layer's kernel and compare with JAX."""
    key = jax.random.key(0)
    x = jax.random.normal(key, (64, 128))
    w, b = jax.random.normal(key, (128, 96)), jnp.ones(96)
    with mlopt.Explorer() as explorer:
        program = explorer.program(dense, x, w, b)
        (workload,) = program.workloads
        trace = explorer.experts(workload)[0]
        script = explorer.schedule(workload, trace).script
        print("\n".join(script.splitlines()[:6]), "\n...")
        (result,) = explorer.apply(program, {workload.hash: trace})
    error = np.abs(result - np.asarray(dense(x, w, b))).max()
    print(f"{trace.space}: largest difference from JAX {error:.1e}")


if __name__ == "__main__":
    main()
