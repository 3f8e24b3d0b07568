"""The transform library: named sequences by name, and what each of them includes.

Runs in a worker: imports iree.compiler.
"""

from collections.abc import Iterable

from iree.compiler import ir

from mlopt.core.errors import ScheduleError


class Library:
    """Named sequences by name, parsed in the current context.

    Args:
        texts: of the library's modules.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._modules = [ir.Module.parse(text) for text in texts]
        self._sequences = {
            ir.StringAttr(op.attributes["sym_name"]).value: op
            for module in self._modules
            for op in module.body
        }

    def __contains__(self, name: str) -> bool:
        return name in self._sequences

    def num_results(self, name: str, num_arguments: int) -> int:
        """How many handles a sequence gives.

        Raises:
            ScheduleError: there is none, or it takes another number of arguments.
        """
        if name not in self._sequences:
            raise ScheduleError(f"the transform library has no sequence @{name}")
        attribute = self._sequences[name].attributes["function_type"]
        function = ir.FunctionType(ir.TypeAttr(attribute).value)
        if len(function.inputs) != num_arguments:
            raise ScheduleError(
                f"@{name} takes {len(function.inputs)} arguments, not {num_arguments}"
            )
        return len(function.results)

    def copy_into(self, module: ir.Module, names: Iterable[str]) -> None:
        """Append sequences to a module, and those that they include."""
        for name in sorted(self._closure(names)):
            module.body.append(self._sequences[name].operation.clone())

    def _closure(self, names: Iterable[str]) -> set[str]:
        waiting, found = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                (block,) = self._sequences[name].regions[0]
                waiting += [
                    ir.FlatSymbolRefAttr(op.attributes["target"]).value
                    for op in block.operations
                    if op.operation.name == "transform.include"
                ]
        return found
