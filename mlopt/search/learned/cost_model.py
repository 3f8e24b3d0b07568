"""How fast will a candidate be? An ensemble of small networks, trained to rank.

A score is an estimate of the logarithm of the speedup over the compiler's own choice.
Its order within a kernel counts most, so pairs of candidates of one kernel are compared
(as BRP-NAS does: arXiv 2007.08668); candidates that failed are slower than all others.
How far the members of the ensemble are apart says how sure it is. Imports jax.
"""

import functools
import itertools
from dataclasses import dataclass
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

# A candidate five times as slow is as hopeless as one that is slower still.
SLOWEST: Final = -1.6
_SMALLEST_SCALE: Final = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Candidates of several kernels, and what became of them.

    Attributes:
        features: (num_examples, num_features) of float32.
        log_speedup: (num_examples,) of float32; of failures anything.
        failed: (num_examples,) of bool.
        group: (num_examples,) of int: a number for each kernel, in ascending order.
    """

    features: np.ndarray
    log_speedup: np.ndarray
    failed: np.ndarray
    group: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """How a model is trained.

    Attributes:
        width, depth: of each member's hidden layers.
        batch: pairs a step; steps: of Adam, on a cosine schedule.
        weight_decay: of the matrices.
    """

    num_members: int = 5
    width: int = 128
    depth: int = 2
    batch: int = 256
    steps: int = 4000
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Of several candidates, (num_candidates,) each.

    Attributes:
        score: expected logarithm of the speedup, failures included.
        spread: standard deviation of the members' scores.
        failure: probability that it does not compile, or is wrong.
    """

    score: np.ndarray
    spread: np.ndarray
    failure: np.ndarray


class _Member(nnx.Module):
    """Standardised features -> a score, and the logit of a failure."""

    def __init__(
        self, num_features: int, options: FitOptions, *, rngs: nnx.Rngs
    ) -> None:
        sizes = [num_features, *[options.width] * options.depth]
        pairs = itertools.pairwise(sizes)
        self.hidden = nnx.List([nnx.Linear(a, b, rngs=rngs) for a, b in pairs])
        self.out = nnx.Linear(sizes[-1], 2, rngs=rngs)

    def __call__(self, features: jax.Array) -> tuple[jax.Array, jax.Array]:
        x = features
        for layer in self.hidden:
            x = jax.nn.gelu(layer(x))
        both = self.out(x)
        return both[..., 0], both[..., 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostModel:
    """A trained ensemble; training it further gives another one.

    Attributes:
        mean, scale: (num_features,): what features are standardised by.
        graph: of one member; state: of all, with a leading axis.
    """

    options: FitOptions
    mean: np.ndarray
    scale: np.ndarray
    graph: Any
    state: Any

    def predict(self, features: np.ndarray) -> Prediction:
        """Scores of candidates: (num_candidates, num_features) of float32."""
        scores, logits = _scores(self.graph, self.state, self._standard(features))
        failures = jax.nn.sigmoid(logits)
        expected = (1.0 - failures) * scores + failures * SLOWEST
        return Prediction(
            score=np.asarray(expected.mean(0)),
            spread=np.asarray(expected.std(0)),
            failure=np.asarray(failures.mean(0)),
        )

    def trained(
        self, examples: Examples, *, seed: int, steps: int, learning_rate: float
    ) -> "CostModel":
        """After so many more steps on examples.

        Raises:
            FloatingPointError: it diverged; the model itself is as it was.
        """
        data = _data(self._standard(examples.features), examples)
        # The schedules of optax multiply floats by the number of the step.
        with jax.numpy_dtype_promotion("standard"):
            state = _train(
                self.graph,
                self.state,
                data,
                jax.random.key(seed),
                options=self.options,
                steps=steps,
                learning_rate=learning_rate,
            )
        if not all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(state)):
            raise FloatingPointError("training the cost model diverged")
        return CostModel(
            options=self.options,
            mean=self.mean,
            scale=self.scale,
            graph=self.graph,
            state=state,
        )

    def _standard(self, features: np.ndarray) -> jax.Array:
        return jnp.asarray((features - self.mean) / self.scale, jnp.float32)


def fit(
    examples: Examples, *, seed: int, options: FitOptions | None = None
) -> CostModel:
    """Train an ensemble from nothing.

    Raises:
        ValueError: no examples.
        FloatingPointError: it diverged.
    """
    options = options or FitOptions()
    if not len(examples.features):
        raise ValueError("there is nothing to train a cost model on")
    mean = examples.features.mean(0)
    scale = np.maximum(examples.features.std(0), _SMALLEST_SCALE)
    num_features = examples.features.shape[1]
    graph, _ = nnx.split(_Member(num_features, options, rngs=nnx.Rngs(seed)))

    def member(key: jax.Array) -> Any:
        return nnx.state(_Member(num_features, options, rngs=nnx.Rngs(key)))

    keys = jax.random.split(jax.random.key(seed), options.num_members)
    state = jax.vmap(member)(keys)
    model = CostModel(options=options, mean=mean, scale=scale, graph=graph, state=state)
    return model.trained(
        examples,
        seed=seed + 1,
        steps=options.steps,
        learning_rate=options.learning_rate,
    )


@functools.partial(jax.jit, static_argnums=0)
def _scores(graph: Any, state: Any, features: jax.Array) -> tuple[jax.Array, jax.Array]:
    """(num_members, num_candidates) each: scores, and logits of failures."""
    return jax.vmap(lambda own: nnx.merge(graph, own)(features))(state)


def _data(features: jax.Array, examples: Examples) -> dict[str, jax.Array]:
    """With each example the first of its kernel, and how many there are."""
    _, first, counts = np.unique(examples.group, return_index=True, return_counts=True)
    place = np.searchsorted(examples.group[first], examples.group)
    clipped = np.clip(examples.log_speedup, SLOWEST, None)
    return {
        "features": features,
        "target": jnp.asarray(np.where(examples.failed, SLOWEST, clipped), jnp.float32),
        "failed": jnp.asarray(examples.failed),
        "first": jnp.asarray(first[place], jnp.int32),
        "count": jnp.asarray(counts[place], jnp.int32),
    }


@functools.partial(
    jax.jit, static_argnums=0, static_argnames=("options", "steps", "learning_rate")
)
def _train(
    graph: Any,
    state: Any,
    data: dict[str, jax.Array],
    key: jax.Array,
    *,
    options: FitOptions,
    steps: int,
    learning_rate: float,
) -> Any:
    """All members at once, each on batches of its own."""
    schedule = optax.cosine_decay_schedule(learning_rate, steps)
    optimizer = optax.adamw(schedule, weight_decay=options.weight_decay)

    def one(own: Any, key: jax.Array) -> Any:
        def step(carry: Any, key: jax.Array) -> Any:
            own, moments = carry
            gradient = jax.grad(
                lambda own: _loss(graph, own, data, key, options.batch)
            )(own)
            updates, moments = optimizer.update(gradient, moments, own)
            return (optax.apply_updates(own, updates), moments), None

        keys = jax.random.split(key, steps)
        (own, _), _ = jax.lax.scan(step, (own, optimizer.init(own)), keys)
        return own

    return jax.vmap(one)(state, jax.random.split(key, options.num_members))


def _loss(
    graph: Any, own: Any, data: dict[str, jax.Array], key: jax.Array, batch: int
) -> jax.Array:
    """Of pairs of one kernel: their order, each one's size, and whether it fails."""
    which, other = jax.random.split(key)
    i = jax.random.randint(which, (batch,), 0, len(data["target"]))
    share = jax.random.uniform(other, (batch,))
    offset = (share * data["count"][i].astype(share.dtype)).astype(i.dtype)
    j = data["first"][i] + jnp.minimum(offset, data["count"][i] - 1)
    member = nnx.merge(graph, own)
    both = jnp.concatenate([i, j])
    scores, logits = member(data["features"][both])
    target, failed = data["target"][both], data["failed"][both]
    size = optax.losses.huber_loss(scores, target, delta=0.5)
    gap = target[:batch] - target[batch:]
    order = optax.losses.sigmoid_binary_cross_entropy(
        8.0 * (scores[:batch] - scores[batch:]), (gap > 0).astype(jnp.float32)
    )
    # Pairs that a measurement does not tell apart teach nothing about order.
    is_told = jnp.abs(gap) > 0.02
    told = is_told.astype(order.dtype)
    sort = jnp.sum(order * told) / jnp.maximum(jnp.sum(told), 1.0)
    fail = optax.losses.sigmoid_binary_cross_entropy(logits, failed.astype(jnp.float32))
    return sort + jnp.mean(jnp.where(failed, 0.0, size)) + 0.5 * jnp.mean(fail)
