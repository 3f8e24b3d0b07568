"""`@mlopt.jit`: a JAX function, compiled by IREE with the schedules that are on record.

Answers "how does a JAX user call what was tuned". The fast path of a warm call is in
`entry` and `wrapper`, what is asked of the driver in `backend`. Must not import
iree.compiler.
"""

from mlopt.decorator.bound import BoundJitFunction
from mlopt.decorator.declaration import jit
from mlopt.decorator.explanation import Explanation
from mlopt.decorator.staged import Compiled, Lowered
from mlopt.decorator.wrapper import JitFunction

__all__ = [
    "BoundJitFunction",
    "Compiled",
    "Explanation",
    "JitFunction",
    "Lowered",
    "jit",
]
