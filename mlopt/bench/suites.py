"""The programs of the CPU benchmark: single operators, and models of four families."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlopt.bench.operators import OPERATORS
from mlopt.core.budget import Budget

_HERE: Final = Path(__file__).parent

# What every schedule costs at most is 64 trials a workload. A program's trials go where
# they promise most; the seconds end the search of one with many workloads.
_TRIALS: Final = 64
_OPERATOR_BUDGET: Final = Budget(trials=_TRIALS, seconds=60.0)
_MODEL_BUDGET: Final = Budget(trials=6 * _TRIALS, seconds=180.0)
_QUICK_BUDGET: Final = Budget(trials=2)


class Suite(enum.StrEnum):
    """What a program is."""

    OPERATORS = "operators"
    MODELS = "models"


class Family(enum.StrEnum):
    """The four families that published results are about."""

    CNN = "CNN"
    RNN = "RNN"
    TRANSFORMER = "transformer"
    FNN = "FNN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One program of the benchmark.

    Attributes:
        source: `file.py:name`.
        family: of a model one of `Family`, of an operator its kind.
    """

    name: str
    suite: Suite
    family: str
    source: str
    budget: Budget


_MODELS: Final[Mapping[str, tuple[str, Family]]] = {
    "resnet18": ("vision", Family.CNN),
    "mobilenet_v2": ("vision", Family.CNN),
    "detector": ("detection", Family.CNN),
    "cnn": ("vision", Family.CNN),
    "lstm_generator": ("text_generators", Family.RNN),
    "gru_generator": ("text_generators", Family.RNN),
    "bert_layers": ("transformers", Family.TRANSFORMER),
    "gpt_prefill": ("transformers", Family.TRANSFORMER),
    "gpt_decode": ("transformers", Family.TRANSFORMER),
    "mlp_regressor": ("mlp", Family.FNN),
    "cnn_training_step": ("vision", Family.CNN),
    "lstm_generator_training_step": ("text_generators", Family.RNN),
    "bert_layers_training_step": ("transformers", Family.TRANSFORMER),
    "mlp_regressor_training_step": ("mlp", Family.FNN),
}
_QUICK: Final = ("dense_relu_64x512x128", "lstm_gates_16x512", "mlp_regressor")


def entries(*, quick: bool = False) -> tuple[Entry, ...]:
    """All programs, operators first; `quick` gives a few small ones."""
    operators = [
        Entry(
            name=name,
            suite=Suite.OPERATORS,
            family=operator.family,
            source=f"{_HERE / 'operators.py'}:{name}",
            budget=_QUICK_BUDGET if quick else _OPERATOR_BUDGET,
        )
        for name, operator in OPERATORS.items()
    ]
    models = [
        Entry(
            name=name,
            suite=Suite.MODELS,
            family=family,
            source=f"{_HERE / 'models' / file}.py:{name}",
            budget=_QUICK_BUDGET if quick else _MODEL_BUDGET,
        )
        for name, (file, family) in _MODELS.items()
    ]
    found = (*operators, *models)
    return tuple(e for e in found if e.name in _QUICK) if quick else found
