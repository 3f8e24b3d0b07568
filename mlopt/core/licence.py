"""Licences: what a user allows beyond another order of summation."""

import enum
from dataclasses import dataclass

from mlopt.core.errors import InputError


class Precision(enum.StrEnum):
    """Narrower types in which contractions may multiply.

    Products of bfloat16 are summed in float32, products of int8 in int32.
    """

    BF16 = "bf16"
    INT8 = "int8"


class Rewrite(enum.StrEnum):
    """What may be done to a program before it is compiled.

    The first three are the same sums in exact arithmetic. They need no licence, and are
    held to the same tolerance as what is not rewritten.
    """

    # Products of one operand become one product.
    JOINED = "joined"
    # Products that need nothing of the step before them leave their loop.
    HOISTED = "hoisted"
    # Convolutions by constant 3x3 filters become one batched product over tiles.
    WINOGRAD = "winograd"
    BF16 = "bf16"
    # A small product in a loop has its operands rounded at every step of it.
    BF16_OUTSIDE_LOOPS = "bf16-outside-loops"
    INT8 = "int8"
    # The same numbers, with one operand unsigned: what AVX-512 multiplies fastest.
    INT8_UNSIGNED = "int8-unsigned"


@dataclass(frozen=True, slots=True)
class Licence:
    """A narrower precision, and how far results may be off for it.

    Attributes:
        accuracy: largest max |out - ref| / (|ref| + rms(ref)) over all outputs, on the
            user's example inputs and on random ones, against the float32 program
            evaluated in float64.
    """

    precision: Precision
    accuracy: float

    @classmethod
    def of(cls, precision: str | None, accuracy: float | None) -> "Licence | None":
        """What a user asked for; None where nothing was.

        Raises:
            InputError: one without the other, no such precision, or an accuracy that
                is none.
        """
        if precision is None and accuracy is None:
            return None
        if precision is None:
            raise InputError(
                "an accuracy is stated, and no precision that it is for: "
                f"choose one of {_choices()}"
            )
        if precision not in set(Precision):
            raise InputError(
                f"there is no precision {precision!r}: choose one of {_choices()}"
            )
        if accuracy is None:
            raise InputError(
                f"{precision} changes the results: say by how much it may "
                "(accuracy=0.02, say, for 2% relative)"
            )
        if not 0.0 < accuracy < 1.0:
            raise InputError(
                f"an accuracy of {accuracy:g} makes no sense: it is a relative error "
                "between 0 and 1"
            )
        return cls(Precision(precision), float(accuracy))

    def __str__(self) -> str:
        return f"{self.precision}, {self.accuracy:g} (relative) allowed"


def _choices() -> str:
    return ", ".join(Precision)
