"""Some of a function's arguments, by position and by name.

Answers "which arguments of this call are static, and which are constants". Must not
import jax or iree.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from mlopt.core.errors import InputError

_BY_POSITION: Final = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)
# Where an argument stands in a call: its position, or its name.
Place: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class ArgumentSet:
    """Arguments that are picked out of every call."""

    positions: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.positions or self.names)

    def __or__(self, other: "ArgumentSet") -> "ArgumentSet":
        return ArgumentSet(self.positions | other.positions, self.names | other.names)

    def __and__(self, other: "ArgumentSet") -> "ArgumentSet":
        return ArgumentSet(self.positions & other.positions, self.names & other.names)

    @classmethod
    def of(
        cls,
        function: Callable[..., Any],
        argnums: int | Sequence[int] = (),
        argnames: str | Iterable[str] = (),
        *,
        option: str = "static",
    ) -> "ArgumentSet":
        """Complete positions by names and the other way, as `jax.jit` does.

        Args:
            option: what the user calls these arguments, for errors.

        Raises:
            InputError: a position beyond the parameters, or a name that is none.
        """
        numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        names = {argnames} if isinstance(argnames, str) else set(argnames)
        parameters = _parameters(function)
        if parameters is None:
            return cls(frozenset(numbers), frozenset(names))
        positional = [p.name for p in parameters if p.kind in _BY_POSITION]
        positions = {_position(n, positional, parameters, option) for n in numbers}
        _check_names(names, parameters, option)
        names |= {positional[p] for p in positions if p < len(positional)}
        positions |= {positional.index(n) for n in names if n in positional}
        return cls(frozenset(positions), frozenset(names))

    @classmethod
    def of_places(
        cls,
        function: Callable[..., Any],
        places: Place | Sequence[Place],
        *,
        option: str,
    ) -> "ArgumentSet":
        """As `of`, from positions and names in one list.

        Raises:
            InputError: as `of`.
        """
        listed = (places,) if isinstance(places, int | str) else tuple(places)
        numbers = [place for place in listed if isinstance(place, int)]
        names = [place for place in listed if isinstance(place, str)]
        return cls.of(function, numbers, names, option=option)

    def chosen(
        self, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> list[tuple[Place, Any]]:
        """The arguments of a call that are in the set, positions first, sorted."""
        by_position: list[tuple[Place, Any]] = [
            (i, value) for i, value in enumerate(args) if i in self.positions
        ]
        by_name = [(n, kwargs[n]) for n in sorted(kwargs) if n in self.names]
        return [*by_position, *by_name]

    def others(
        self, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call that are not in the set, names sorted."""
        positional = tuple(v for i, v in enumerate(args) if i not in self.positions)
        return positional, {n: kwargs[n] for n in sorted(kwargs) if n not in self.names}


NO_ARGUMENTS: Final = ArgumentSet()


def _position(
    number: int,
    positional: list[str],
    parameters: list[inspect.Parameter],
    option: str,
) -> int:
    """A position counted from the front, checked."""
    position = number + len(positional) if number < 0 else number
    is_open = any(p.kind == p.VAR_POSITIONAL for p in parameters)
    if position < 0 or (position >= len(positional) and not is_open):
        raise InputError(
            f"argument {number} is declared {option}, but the function takes "
            f"{len(positional)} positional arguments"
        )
    return position


def _check_names(
    names: set[str], parameters: list[inspect.Parameter], option: str
) -> None:
    if any(p.kind == p.VAR_KEYWORD for p in parameters):
        return
    for name in sorted(names - {p.name for p in parameters}):
        raise InputError(
            f"argument {name!r} is declared {option}, and is no parameter of the "
            "function"
        )


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """None where Python cannot tell (some builtins)."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
