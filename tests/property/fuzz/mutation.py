"""Changes of MLIR text and bytecode that somebody's editor, disk or script could make.

Each takes a generator, the input and another input, and returns the changed input.
"""

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

Mutation = Callable[[random.Random, bytes, bytes], bytes]

_TOKEN: Final = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[%@!#^]?[\w.$-]+|\s+|.', re.DOTALL)
# Not the number of a result: for `%a#2147483648` the parser allocates 32 GB.
_NUMBER: Final = re.compile(rb"(?<!#)\b\d+\b")
_EXTREMES: Final = (0, -1, 2**31, 2**63, 2**64, 10**30, -(2**63) - 1)
_STRANGE: Final = (
    *(
        b"\0",
        b"\xff",
        b"\xc3\x28",
        b"\xef\xbb\xbf",
        b"\\FF",
        b'"\\FF"',
        b"\r",
        b"\x1b[",
    ),
    *(b"mlopt", b'"mlopt.', b"!mlopt.sizes", b"#mlopt.x", b"!a.b", b"loc(unknown)"),
    *(
        b"// -----\n",
        b"\n// expected-error@below {{",
        b"// expected-error-re {{a{{(}}}}",
    ),
    *(b"^bb0:", b"\\", b'"', b"{-#", b"dense<", b"affine_map<(d0)", b"0x", b"1.0e999"),
)
_NESTS: Final = (
    (b"module {", b"}"),
    (b'"mlopt.when"(%0) ({', b"}) : (i1) -> ()"),
    (b"#x.y<", b">"),
    (b"[", b"]"),
    (b"{a = ", b"}"),
    (b"tuple<", b">"),
    (b"loc(callsite(", b"))"),
)


def mutated(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """The input after one to four changes, the more the rarer."""
    for _ in range(rng.choices((1, 2, 3, 4), weights=(12, 4, 2, 1))[0]):
        data = rng.choice(MUTATIONS)(rng, data, other)
    return data


def flip(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Bytes become others."""
    changed = bytearray(data)
    for _ in range(min(len(data), rng.randint(1, 4))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def drop_token(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """One token goes."""
    tokens = _tokens(data)
    del tokens[_at(rng, tokens)]
    return b"".join(tokens)


def repeat(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """A few neighbouring tokens come twice."""
    tokens = _tokens(data)
    start = _at(rng, tokens)
    piece = tokens[start : start + rng.randint(1, 12)]
    return b"".join([*tokens[:start], *piece, *tokens[start:]])


def swap(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Two tokens change places."""
    tokens = _tokens(data)
    a, b = _at(rng, tokens), _at(rng, tokens)
    tokens[a], tokens[b] = tokens[b], tokens[a]
    return b"".join(tokens)


def borrow(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """A token becomes one of the other input."""
    tokens, others = _tokens(data), _tokens(other)
    tokens[_at(rng, tokens)] = others[_at(rng, others)]
    return b"".join(tokens)


def number(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """A number becomes an extreme one."""
    places = list(_NUMBER.finditer(data))
    if not places:
        return data
    place = rng.choice(places)
    extreme = str(rng.choice(_EXTREMES)).encode()
    return data[: place.start()] + extreme + data[place.end() :]


def move_line(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """A line goes, perhaps elsewhere."""
    lines = data.splitlines(True) or [b"\n"]
    line = lines.pop(rng.randrange(len(lines)))
    if rng.random() < 0.5:
        lines.insert(rng.randint(0, len(lines)), line)
    return b"".join(lines)


def concatenate(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Both, one after the other."""
    return data + rng.choice((b"\n", b"\n// -----\n")) + other


def splice(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """The start of one and the end of another, each cut at a line."""
    lines, others = data.splitlines(True), other.splitlines(True)
    head = lines[: rng.randint(0, len(lines))]
    return b"".join([*head, *others[rng.randint(0, len(others)) :]])


def truncate(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """The end is missing."""
    return data[: rng.randint(0, len(data))]


def insert(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Something strange stands somewhere, also within strings and names."""
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_STRANGE) + data[at:]


def nest(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """A line is wrapped, a few or hundreds of times."""
    lines = data.splitlines(True) or [b"\n"]
    opening, closing = rng.choice(_NESTS)
    depth, at = rng.choice((1, 2, 30, 300)), rng.randrange(len(lines))
    lines[at] = opening * depth + lines[at] + closing * depth + b"\n"
    return b"".join(lines)


def lengthen(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """A token is very long."""
    tokens = _tokens(data)
    at = _at(rng, tokens)
    tokens[at] *= rng.choice((2, 100, 10_000))
    return b"".join(tokens)[: 1 << 16]


def windows_lines(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Lines end as on Windows, or as on old Macs."""
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r")))


MUTATIONS: Final[Sequence[Mutation]] = (
    *(flip, drop_token, drop_token, repeat, swap, borrow, number, number, number),
    *(
        move_line,
        move_line,
        concatenate,
        splice,
        truncate,
        insert,
        insert,
        nest,
        lengthen,
        windows_lines,
    ),
)


def _tokens(data: bytes) -> list[bytes]:
    return _TOKEN.findall(data) or [b" "]


def _at(rng: random.Random, tokens: Sequence[bytes]) -> int:
    """Any token but a space, where there is luck."""
    for _ in range(4):
        at = rng.randrange(len(tokens))
        if not tokens[at].isspace():
            return at
    return 0
