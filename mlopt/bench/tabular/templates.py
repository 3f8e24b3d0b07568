"""Space templates as JSON: what a table carries so that its spaces mean something.

With a template and a workload a trace's steps are known, the sizes it tiles by and what
it copies, on a machine without the compiler that reads MLIR. What is read is untrusted:
bounded in depth and size. Imports core only.
"""

from typing import Any, Final

from mlopt.core.template import Attribute, Line, SpaceTemplate
from mlopt.records.checks import integer, many, name, text

# A file's regions are three deep: a space, its loops, an alternative.
_MAX_DEPTH: Final = 8


def template_to_json(template: SpaceTemplate) -> dict[str, Any]:
    """Plain values; the lines' places, which name files, are left out."""
    return {
        "name": template.name,
        "kind": template.kind,
        "target": template.target,
        "version": template.version,
        "lines": [_line(line) for line in template.lines],
    }


def template_from_json(content: Any) -> SpaceTemplate:
    """The inverse.

    Raises:
        ValueError, KeyError, TypeError: it is no template.
    """
    return SpaceTemplate(
        name=name(content["name"]),
        kind=name(content["kind"]),
        target=name(content["target"]),
        version=name(content["version"]),
        lines=_lines(content["lines"], _MAX_DEPTH),
    )


def _line(line: Line) -> list[Any]:
    attributes = {key: _plain(value) for key, value in line.attributes.items()}
    inner = [_line(each) for each in line.lines]
    return [line.op, list(line.operands), list(line.results), attributes, inner]


def _plain(value: Attribute) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _lines(content: Any, depth: int) -> tuple[Line, ...]:
    if depth == 0:
        raise ValueError("a space is nested too deeply")

    def line(each: Any) -> Line:
        op, operands, results, attributes, inner = each
        if not isinstance(attributes, dict):
            raise ValueError("expected attributes by name")
        return Line(
            op=name(op),
            operands=many(integer)(operands),
            results=many(integer)(results),
            attributes={name(k): _attribute(v) for k, v in attributes.items()},
            lines=_lines(inner, depth - 1),
        )

    return many(line)(content)


def _attribute(value: Any) -> Attribute:
    if not isinstance(value, list):
        return text(value) if isinstance(value, str) else _number(value)
    if any(isinstance(item, str) for item in value):
        if not all(isinstance(item, str) for item in value):
            raise ValueError("expected words or numbers, not both")
        return many(text)(value)
    return many(_number)(value)


def _number(value: Any) -> int | bool:
    return value if isinstance(value, bool) else integer(value)
