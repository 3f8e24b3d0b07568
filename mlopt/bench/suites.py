"""The programs of the CPU benchmark: single operators, and models of four families."""

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlopt.bench.operators import OPERATORS
from mlopt.core.budget import Budget
from mlopt.core.licence import Licence, Precision

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
    # Inference with weights that the compiler knows.
    SERVED = "served models"
    # The same, with products in bfloat16.
    BF16 = "served models in bf16"
    # The same, with products in int8, and a product that shows what these are worth.
    INT8 = "served models in int8"


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
        constants: positions of the arguments that are part of the program.
    """

    name: str
    suite: Suite
    family: str
    source: str
    budget: Budget
    constants: tuple[int, ...] = ()
    licence: Licence | None = None


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


_TRAINING: Final = "_training_step"
_SERVED: Final = "_served"
# What users of mixed precision live with; the outcome says how far off each model is.
_BF16: Final = Licence(Precision.BF16, 0.05)
# One product of random numbers is off by 0.05 at its worst element; errors of layers
# add up.
_INT8: Final = Licence(Precision.INT8, 0.1)
_INT8_PRODUCT: Final = "matmul_512x1024x1024"
# One of each family shows what a precision is worth; all would take hours more.
_NARROWED: Final = ("resnet18", "lstm_generator", "bert_layers", "mlp_regressor")


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
        if not quick or name in _QUICK
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
        if not quick or name in _QUICK
    ]
    inference = [model for model in models if not model.name.endswith(_TRAINING)]
    served = [_served(model) for model in inference]
    products = [_in_int8(o) for o in operators if o.name == _INT8_PRODUCT]
    wanted = [_served(model) for model in inference if model.name in _NARROWED]
    narrow = (*map(_in_bf16, wanted), *map(_in_int8, wanted), *products)
    return (*operators, *models, *served, *narrow)


def _served(model: Entry) -> Entry:
    """With the parameters, which are a model's first argument, as constants."""
    return dataclasses.replace(
        model, name=f"{model.name}{_SERVED}", suite=Suite.SERVED, constants=(0,)
    )


def _in_bf16(served: Entry) -> Entry:
    return dataclasses.replace(
        served, name=f"{served.name}_bf16", suite=Suite.BF16, licence=_BF16
    )


def _in_int8(served: Entry) -> Entry:
    """With a product's right operand as a constant, too, as a layer's weights are."""
    return dataclasses.replace(
        served,
        name=f"{served.name}_int8",
        suite=Suite.INT8,
        constants=served.constants or (1,),
        licence=_INT8,
    )
