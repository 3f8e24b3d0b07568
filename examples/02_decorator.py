"""A decorator is all it takes; JAX's own transformations keep working."""

import jax
import jax.numpy as jnp

import mlopt


@mlopt.jit
def softplus_norm(x):
    """Length of the softplus of each row of x: (rows, columns) -> (rows,)."""
    return jnp.sqrt(jnp.sum(jax.nn.softplus(x) ** 2, axis=-1))


@mlopt.jit(static_argnames="power")
def power_mean(x, *, power):
    """Mean of a power of x; each value of `power` is compiled once."""
    return jnp.mean(x**power)


def main() -> None:
    x = jax.random.normal(jax.random.key(0), (64, 256))
    print("compiled by IREE: ", softplus_norm(x)[:3])
    print("static argument:  ", power_mean(x, power=2), power_mean(x, power=4))

    # Under a JAX transformation it is the plain function, traced by JAX.
    gradient = jax.grad(lambda x: softplus_norm(x).sum())(x)
    print("gradient by JAX:  ", gradient.shape)

    # What would run, and why: nothing is tuned behind your back.
    print(softplus_norm.explain(x))


if __name__ == "__main__":
    main()
