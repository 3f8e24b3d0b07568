"""What the compiler says of this host, kept as a JSON file between runs.

Asking costs a compiler start; a file that is absent, malformed or unwritable costs
only that. Must not import IREE.
"""

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """The compiler's resolution of `host`.

    Attributes:
        cpu: LLVM's name of the microarchitecture.
        features: sorted names of those that are on.
        vector_bytes: the register width code is generated for.
    """

    triple: str
    cpu: str
    features: tuple[str, ...]
    vector_bytes: int


def read_facts(path: Path) -> HostFacts | None:
    """Read what an earlier run kept; None when there is nothing usable."""
    try:
        return parse_facts(path.read_text())
    except (OSError, ValueError):
        return None


def parse_facts(text: str) -> HostFacts:
    """Inverse of the JSON that `write_facts` writes.

    Raises:
        ValueError: not JSON, or a field is missing or of another type.
    """
    match json.loads(text):
        case {
            "triple": str(triple),
            "cpu": str(cpu),
            "features": [*features],
            "vector_bytes": int(vector_bytes),
        } if vector_bytes > 0 and all(isinstance(name, str) for name in features):
            return HostFacts(
                triple=triple,
                cpu=cpu,
                features=tuple(features),
                vector_bytes=vector_bytes,
            )
    raise ValueError(f"not the description of a host: {text[:80]}")


def write_facts(path: Path, facts: HostFacts) -> None:
    """Keep the facts for the next run; does nothing where the folder is read-only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, suffix=".tmp", delete=False
        ) as file:
            json.dump(asdict(facts), file)
        Path(file.name).replace(path)
    except OSError:
        return
