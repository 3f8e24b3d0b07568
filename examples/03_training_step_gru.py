"""A whole training step: a GRU over `lax.scan`, its gradient, an Adam update.

    mlopt tune examples/03_training_step_gru.py:training_step --trials 20

Nothing in mlopt knows this program; it is partitioned and tuned like any other.
"""

import jax
import jax.numpy as jnp
import optax

import mlopt

INPUT_DIM = 16
HIDDEN_DIM = 32
SEQUENCE = 12
BATCH = 8


def init_parameters(key: jax.Array) -> dict[str, jax.Array]:
    """Weights of one GRU cell, its three gates side by side, and of a readout."""
    input_key, hidden_key, readout_key = jax.random.split(key, 3)
    gates = 3 * HIDDEN_DIM
    init = jax.nn.initializers.glorot_normal()
    return {
        "input": init(input_key, (INPUT_DIM, gates)),
        "hidden": init(hidden_key, (HIDDEN_DIM, gates)),
        "bias": jnp.zeros(gates),
        "readout": init(readout_key, (HIDDEN_DIM, 1)),
    }


def gru_cell(parameters, state, x):
    """One step (https://arxiv.org/abs/1406.1078): (batch, hidden) -> the same."""
    from_input = x @ parameters["input"] + parameters["bias"]
    from_state = state @ parameters["hidden"]
    reset_x, update_x, new_x = jnp.split(from_input, 3, axis=-1)
    reset_h, update_h, new_h = jnp.split(from_state, 3, axis=-1)
    reset = jax.nn.sigmoid(reset_x + reset_h)
    update = jax.nn.sigmoid(update_x + update_h)
    proposal = jnp.tanh(new_x + reset * new_h)
    return (1 - update) * proposal + update * state


def loss(parameters, inputs, labels):
    """Mean squared error of the readout after the last step.

    inputs: (sequence, batch, input); labels: (batch,).
    """

    def step(state, x):
        return gru_cell(parameters, state, x), None

    state = jnp.zeros((inputs.shape[1], HIDDEN_DIM))
    state, _ = jax.lax.scan(step, state, inputs)
    prediction = (state @ parameters["readout"])[:, 0]
    return jnp.mean((prediction - labels) ** 2)


def training_step():
    """Return (callable, example_args) of one Adam step."""
    optimizer = optax.adam(1e-2)

    def step(parameters, optimizer_state, inputs, labels):
        value, gradient = jax.value_and_grad(loss)(parameters, inputs, labels)
        updates, optimizer_state = optimizer.update(gradient, optimizer_state)
        return optax.apply_updates(parameters, updates), optimizer_state, value

    parameters = init_parameters(jax.random.key(0))
    inputs = jax.random.normal(jax.random.key(1), (SEQUENCE, BATCH, INPUT_DIM))
    labels = inputs.sum(axis=(0, 2)) / SEQUENCE
    return step, (parameters, optimizer.init(parameters), inputs, labels)


def main() -> None:
    step, (parameters, optimizer_state, inputs, labels) = training_step()
    fast_step = mlopt.jit(step)
    for i in range(5):
        parameters, optimizer_state, value = fast_step(
            parameters, optimizer_state, inputs, labels
        )
        print(f"step {i}: loss {float(value):.4f}")


if __name__ == "__main__":
    main()
