"""Steps on one module: passes of the compiler, passes of mlopt, checks in between.

Runs in a worker process: imports iree.compiler. Errors are diagnostics, which the
context's handlers see.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iree.compiler import ir, passmanager

from mlopt.core.errors import MloptError
from mlopt.driver.opt.passes import PASSES
from mlopt.driver.opt.pipeline import CompilerPasses, OwnPass, Step
from mlopt.driver.opt.reading import speaks_mlopt
from mlopt.driver.opt.request import OptRequest, PassFailed

_NO_OPTIONS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One module on its way through the steps.

    Attributes:
        module: the `ir.Module`; changed in place.
        request: which dumps, reports and checks are wanted.
        write: appends to the log.
    """

    module: Any
    request: OptRequest
    write: Callable[[str], None]

    def run(self, steps: Sequence[Step]) -> bool:
        """Verify, then run all steps up to the first that fails; False if one did."""
        if not self._is_sound():
            return False
        return all(self._run_step(step) for step in self._cut(steps))

    def _cut(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Single passes where mlopt's verifier has to look after each of them."""
        for step in steps:
            if isinstance(step, OwnPass) or not self._needs_own_verifier():
                yield step
                continue
            for element in step.elements:
                yield CompilerPasses(elements=(element,))

    def _run_step(self, step: Step) -> bool:
        if isinstance(step, OwnPass):
            return self._run_own(step) and self._is_valid() and self._is_sound()
        return self._run_compiler(step) and self._is_sound()

    def _run_compiler(self, step: CompilerPasses) -> bool:
        manager = passmanager.PassManager.parse(step.text, self.module.context)  # pyright: ignore
        manager.enable_verifier(self.request.verify_each)
        if self.request.timing:
            manager.enable_timing()
        if self.request.print_before or self.request.print_after:
            manager.enable_ir_printing(
                print_before_all=self.request.print_before,
                print_after_all=self.request.print_after,
            )
        try:
            manager.run(self.module.operation)
        except ir.MLIRError:
            return False
        return True

    def _run_own(self, step: OwnPass) -> bool:
        if self.request.print_before:
            self._dump(f"IR Dump Before {step.name}")
        start = time.perf_counter()
        succeeded = self._call(step.name, step.options)
        if self.request.timing:
            # In the form of the pass manager's own report, which knows its passes only.
            self.write(f"  {time.perf_counter() - start:8.4f} (100.0%)  {step.name}\n")
        if self.request.print_after:
            end = "" if succeeded else " Failed"
            self._dump(f"IR Dump After {step.name}{end}")
        return succeeded

    def _call(self, name: str, options: Mapping[str, str]) -> bool:
        try:
            with self.module.context, ir.Location.unknown():
                PASSES[name].run(self.module, options, self.write)
        except PassFailed:
            return False
        except MloptError as error:
            self.module.operation.location.emit_error(str(error))
            return False
        return True

    def _is_valid(self) -> bool:
        """MLIR's verifier, which the pass manager runs after its own passes only."""
        if not self.request.verify_each:
            return True
        try:
            return bool(self.module.operation.verify())
        except ir.MLIRError:
            return False

    def _is_sound(self) -> bool:
        """Mlopt's verifier, where there is anything for it."""
        return not self._needs_own_verifier() or self._call("mlopt-verify", _NO_OPTIONS)

    def _needs_own_verifier(self) -> bool:
        return self.request.verify_each and speaks_mlopt(self.module)

    def _dump(self, title: str) -> None:
        text = self.module.operation.get_asm()
        self.write(f"// -----// {title} //----- //\n{text}\n\n")
