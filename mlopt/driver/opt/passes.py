"""The passes of mlopt itself, by the names that pipelines and flags call them.

They are Python functions: MLIR's registry does not know them, which is why
`mlopt.driver.opt.pipeline` cuts pipelines. This table is also read by `--help`, so a
pass is named here and imported when it runs, in a worker.

To add one: a function of an `ir.Module`, its options and a writer to stderr, that
changes the module in place; and an entry in `PASSES`. It raises `PassFailed` after it
has emitted errors at the operations they are about, or any MloptError with a sentence.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_HERE: Final = "mlopt.driver.opt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A pass of mlopt.

    Attributes:
        home: "module:function".
        help: one line.
        options: names of the options it takes.
        takes_choices: whether other options are names of choices in a space.
    """

    home: str
    help: str
    options: frozenset[str] = frozenset()
    takes_choices: bool = False

    def run(
        self, module: Any, options: Mapping[str, str], write: Callable[[str], None]
    ) -> None:
        """Change the module in place.

        Raises:
            MloptError: it cannot.
        """
        name, _, function = self.home.partition(":")
        getattr(importlib.import_module(name), function)(module, options, write)


PASSES: Final[Mapping[str, Pass]] = {
    "mlopt-import": Pass(
        home=f"{_HERE}.importing:import_program",
        help="Lower StableHLO to linalg on tensors.",
    ),
    "mlopt-partition": Pass(
        home=f"{_HERE}.scheduling.partition:partition",
        help="Cut a program into its workloads, and describe each.",
        options=frozenset({"options"}),
    ),
    "mlopt-space": Pass(
        home=f"{_HERE}.scheduling.space:run",
        help="Put the spaces that fit each workload beside it.",
        options=frozenset({"file"}),
    ),
    "mlopt-sample": Pass(
        home=f"{_HERE}.scheduling.sample:run",
        help="Draw legal decisions for each space: schedules.",
        options=frozenset({"seed", "count"}),
    ),
    "mlopt-decide": Pass(
        home=f"{_HERE}.scheduling.decide:run",
        help="Take decisions by name: dist_m=64, copy_rhs=panel.",
        options=frozenset({"space", "workload"}),
        takes_choices=True,
    ),
    "mlopt-lower-schedule": Pass(
        home=f"{_HERE}.scheduling.lower:run",
        help="Lower schedules to the transform dialect.",
    ),
    "mlopt-apply-schedule": Pass(
        home=f"{_HERE}.scheduling.apply:apply_file",
        help="Write the schedules of a file onto their workloads.",
        options=frozenset({"file", "libraries"}),
    ),
    "mlopt-records": Pass(
        home=f"{_HERE}.scheduling.apply:apply_records",
        help="Write the best recorded schedules onto their workloads.",
        options=frozenset({"db", "libraries"}),
    ),
    "mlopt-features": Pass(
        home=f"{_HERE}.scheduling.partition:print_features",
        help="Print the features of each workload as JSON, to stderr.",
    ),
    "mlopt-verify": Pass(
        home=f"{_HERE}.importing:verify",
        help="Check the operations of the mlopt dialect.",
    ),
}
