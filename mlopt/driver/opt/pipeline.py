"""A textual pass pipeline, cut at its top level into compiler passes and our own.

MLIR does not know mlopt's passes, so a pipeline that names them runs in turns: a run of
compiler passes, one of ours, and so on. Text only; imports neither jax nor iree.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mlopt.driver.opt.request import PassCall, UsageError

_ANCHOR: Final = "builtin.module"
_OPENING: Final = {"(": ")", "{": "}", "[": "]"}
_QUOTES: Final = "\"'"
_ELEMENT: Final = re.compile(
    r"(?P<name>[\w.\-]+)\s*(?:\{(?P<options>.*)\})?", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompilerPasses:
    """Elements that go to MLIR's own parser, as they are written."""

    elements: tuple[str, ...]

    @property
    def text(self) -> str:
        """The pipeline of these elements on a module."""
        return f"{_ANCHOR}({','.join(self.elements)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPass:
    """A pass of mlopt, with its options."""

    name: str
    options: Mapping[str, str]


Step = CompilerPasses | OwnPass


def elements_of(pipeline: str) -> tuple[str, ...]:
    """The top level of `builtin.module(a,b{c=d},func.func(e))`: its three elements.

    Raises:
        UsageError: it has no such form, or its brackets do not match.
    """
    text = pipeline.strip()
    name, bracket, rest = text.partition("(")
    if not bracket or name.strip() not in (_ANCHOR, "any") or not rest.endswith(")"):
        raise UsageError(
            "expected pass pipeline to be wrapped with the anchor operation type, "
            f"e.g. '{_ANCHOR}(...)': {text or 'nothing given'}"
        )
    return split_top_level(rest[:-1])


def split_top_level(text: str) -> tuple[str, ...]:
    """Split at the commas that stand in no bracket and no quotes.

    Raises:
        UsageError: brackets or quotes that do not match, or an empty element.
    """
    if not text.strip():
        return ()
    cuts = [-1, *_commas(text), len(text)]
    pieces = tuple(
        text[start + 1 : end].strip() for start, end in itertools.pairwise(cuts)
    )
    if not all(pieces):
        raise UsageError(f"the pass pipeline has an empty element: {text}")
    return pieces


def steps_of(elements: Iterable[str], own: Collection[str]) -> tuple[Step, ...]:
    """Join neighbouring compiler passes; `own` holds the names of mlopt's passes.

    Raises:
        UsageError: options of one of ours that are no `key=value`.
    """
    steps: list[Step] = []
    for is_own, group in itertools.groupby(
        elements, key=lambda element: call_of(element).name in own
    ):
        if is_own:
            steps.extend(_own_pass(element) for element in group)
        else:
            steps.append(CompilerPasses(elements=tuple(group)))
    return tuple(steps)


def call_of(element: str) -> PassCall:
    """Name and options of an element; a nested pipeline is all name."""
    match = _ELEMENT.fullmatch(element.strip())
    if match is None:
        return PassCall(name=element)
    return PassCall(name=match["name"], options=(match["options"] or "").strip())


def options_of(call: PassCall) -> Mapping[str, str]:
    """The options "a=b c={d e}" by name; one without a value is "true".

    Raises:
        UsageError: brackets or quotes that do not match.
    """
    pairs = (word.partition("=") for word in _cut(call.options, " \t\n") if word)
    return {key: value if equals else "true" for key, equals, value in pairs}


def _own_pass(element: str) -> OwnPass:
    call = call_of(element)
    return OwnPass(name=call.name, options=options_of(call))


def _cut(text: str, separators: str) -> Sequence[str]:
    cuts = [-1, *_positions(text, separators), len(text)]
    return [text[start + 1 : end] for start, end in itertools.pairwise(cuts)]


def _commas(text: str) -> list[int]:
    return _positions(text, ",")


def _positions(text: str, separators: str) -> list[int]:
    """Where a separator stands outside all brackets and quotes."""
    found: list[int] = []
    awaited: list[str] = []
    for index, character in enumerate(text):
        if awaited and awaited[-1] in _QUOTES:
            if character == awaited[-1]:
                awaited.pop()
        elif character in _QUOTES:
            awaited.append(character)
        elif character in _OPENING:
            awaited.append(_OPENING[character])
        elif character in _OPENING.values():
            if not awaited or awaited.pop() != character:
                raise UsageError(f"unbalanced {character!r} in the pipeline: {text}")
        elif character in separators and not awaited:
            found.append(index)
    if awaited:
        raise UsageError(f"missing {awaited[-1]!r} in the pipeline: {text}")
    return found
