"""Jitted methods: a jitted function with its instance as first argument.

Must not import jax or iree by itself.
"""

from typing import Any, final

from mlopt.core.report import ProgramResult
from mlopt.decorator.explanation import Explanation
from mlopt.decorator.staged import Compiled, Lowered, Stage


@final
class BoundJitFunction:
    """A jitted method of one instance: every stage takes it as first argument."""

    __slots__ = ("__self__", "__wrapped__")

    def __init__(self, function: Any, instance: object) -> None:
        self.__wrapped__ = function
        self.__self__ = instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(self.__self__, *args, **kwargs)

    def lower(self, *args: Any, **kwargs: Any) -> Lowered:
        """As `JitFunction.lower`."""
        return self.__wrapped__.lower(self.__self__, *args, **kwargs)

    def compile(self, *args: Any, **kwargs: Any) -> Compiled:
        """As `JitFunction.compile`."""
        return self.__wrapped__.compile(self.__self__, *args, **kwargs)

    def tune(self, *args: Any, **kwargs: Any) -> ProgramResult:
        """As `JitFunction.tune`."""
        return self.__wrapped__.tune(self.__self__, *args, **kwargs)

    def explain(self, *args: Any, **kwargs: Any) -> Explanation:
        """As `JitFunction.explain`."""
        return self.__wrapped__.explain(self.__self__, *args, **kwargs)

    def as_text(self, stage: Stage, *args: Any, **kwargs: Any) -> str:
        """As `JitFunction.as_text`."""
        return self.__wrapped__.as_text(stage, self.__self__, *args, **kwargs)
