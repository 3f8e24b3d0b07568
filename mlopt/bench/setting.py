"""Where and how the CPU benchmark measures, and what an outcome of it depends on.

Imports neither JAX nor IREE.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlopt import resources
from mlopt.bench import searches
from mlopt.bench.peers import standing
from mlopt.bench.peers.inviting import Invitation
from mlopt.bench.plan import TurnPlan
from mlopt.bench.suites import Entry, Suite
from mlopt.core.target import Target
from mlopt.driver.results import versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and how all programs are measured.

    Attributes:
        folder: of outcomes and records.
    """

    target: Target
    folder: Path
    plan: TurnPlan
    seed: int

    @property
    def db(self) -> str:
        """The benchmark's own records."""
        return str(searches.database(self.folder))

    def identity(self, entry: Entry) -> dict[str, Any]:
        """What an outcome depends on, mlopt's own code excepted."""
        texts = [
            *map(resources.transform_library, resources.transform_names()),
            *map(resources.space_text, resources.space_names()),
        ]
        found = {
            "source": Path(entry.source).name,
            "constants": list(entry.constants),
            "licence": None if entry.licence is None else str(entry.licence),
            "budget": [entry.budget.trials, entry.budget.seconds],
            "target": self.target.key,
            "versions": versions(),
            "transforms": hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16],
            "turns": self.plan.num_turns,
            "seed": self.seed,
        }
        if self.invitation(entry) is None:
            return found
        # Whoever was not there may be by now, and then everybody is timed again.
        standings = {str(n): str(who) for n, who in standing.standings().items()}
        return {**found, "peers": standings}

    def invitation(self, entry: Entry) -> Invitation | None:
        """To other frameworks, which run models in float32."""
        model = standing.torch_model(entry.source)
        if model is None or entry.suite not in (Suite.MODELS, Suite.SERVED):
            return None
        return Invitation(model=model, scratch=self.folder / "inductor")
