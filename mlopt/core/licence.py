"""Licences: what a user allows beyond another order of summation."""

import enum
from collections.abc import Sized
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

    The first five are the same sums in exact arithmetic. They need no licence, and are
    held to the same tolerance as what is not rewritten.
    """

    # Products of one operand become one product.
    JOINED = "joined"
    # Products that need nothing of the step before them leave their loop.
    HOISTED = "hoisted"
    # The steps of a loop are written out.
    UNROLLED = "unrolled"
    # Constant matrices lie in panels of columns, as register tiles read them.
    PREPACKED = "prepacked"
    # Convolutions by constant 3x3 filters become one batched product over tiles.
    WINOGRAD = "winograd"
    BF16 = "bf16"
    # A small product in a loop has its operands rounded at every step of it.
    BF16_OUTSIDE_LOOPS = "bf16-outside-loops"
    INT8 = "int8"
    # The same numbers, with one operand unsigned: what AVX-512 multiplies fastest.
    INT8_UNSIGNED = "int8-unsigned"
    # Products skip blocks of zeros in their constant operands.
    PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class Licence:
    """What may be done to the numbers: a narrower precision, pruning, or both.

    Attributes:
        precision: in which contractions may multiply; None leaves them as they are.
        accuracy: largest max |out - ref| / (|ref| + rms(ref)) over all outputs, on the
            user's example inputs and on random ones, against the float32 program
            evaluated in float64; 0.0 without a precision.
        pruning: whether products may skip blocks of zeros in constants. 0 times an
            infinity or a NaN is NaN, so results may differ where inputs are not
            finite, and nowhere else.
    """

    precision: Precision | None = None
    accuracy: float = 0.0
    pruning: bool = False

    @classmethod
    def of(
        cls,
        precision: str | None,
        accuracy: float | None,
        *,
        pruning: bool = False,
        constants: Sized = (),
    ) -> "Licence | None":
        """What a user asked for; None where nothing was.

        Args:
            constants: the arguments that are declared constant.

        Raises:
            InputError: one of precision and accuracy without the other, no such
                precision, an accuracy that is none, or pruning without constants.
        """
        if pruning and not constants:
            raise InputError(
                "pruning needs weights that never change: declare the arguments that "
                'hold them constant (constants="params", say, or --constant params)'
            )
        if precision is None and accuracy is None:
            return cls(pruning=True) if pruning else None
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
        return cls(Precision(precision), float(accuracy), pruning)

    @property
    def asked(self) -> tuple[str, ...]:
        """What a program's record is kept apart by: all of it but the accuracy."""
        precision = () if self.precision is None else (str(self.precision),)
        return (*precision, "pruning") if self.pruning else precision

    def __str__(self) -> str:
        parts = []
        if self.precision is not None:
            parts.append(f"{self.precision}, {self.accuracy:g} (relative) allowed")
        if self.pruning:
            parts.append("pruning of zero blocks")
        return "; ".join(parts)


def _choices() -> str:
    return ", ".join(Precision)
