"""mlopt-space: put the spaces that fit each workload beside it.

Imports iree.compiler.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from iree.compiler import ir

from mlopt.core.errors import InputError
from mlopt.core.template import SpaceTemplate
from mlopt.dialect.printing import space_text
from mlopt.dialect.reading import read_templates, shipped_templates
from mlopt.driver.opt.scheduling import contents
from mlopt.driver.opt.scheduling.targets import record_target, target_of
from mlopt.driver.opt.workloads import workloads_of
from mlopt.search.space import elaborate_all


def run(module: Any, options: Mapping[str, str], write: Callable[[str], None]) -> None:
    """Append each space that fits a workload, and name it on the workload.

    Options:
        file: of spaces; those that travel with mlopt otherwise. Spaces that the module
            already holds come first.

    Raises:
        InputError: the file is not right, or the module is not partitioned.
    """
    present = contents.templates_in(module, "the input")
    offered = [t for t in _offered(options) if t.name not in present]
    target = target_of(module)
    record_target(module, target)
    templates = (*present.values(), *offered)
    wanted: dict[str, None] = {}
    for workload in workloads_of(module):
        plans = elaborate_all(workload, target, templates)
        names = [plan.space.name for plan in plans]
        wanted |= dict.fromkeys(names)
        symbols = ir.ArrayAttr.get([ir.FlatSymbolRefAttr.get(name) for name in names])
        for executable in contents.executables_of(module, workload):
            executable.attributes[contents.SPACES] = symbols
    for template in offered:
        if template.name in wanted:
            contents.append(module, space_text(template))


def _offered(options: Mapping[str, str]) -> tuple[SpaceTemplate, ...]:
    if "file" not in options:
        return shipped_templates()
    path = options["file"]
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a file of spaces") from error
    return read_templates(text, path)
