"""Peers are given a process each and a model to run; who cannot gets a sentence.

A process each: they bring OpenMP and thread pools of their own, and one that crashes
takes nobody along. The parent's side: imports no framework.
"""

from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mlopt.bench.peers.jobs import PeerSpec
from mlopt.bench.peers.standing import standings
from mlopt.bench.plan import Material
from mlopt.bench.seats import RemoteContestant
from mlopt.core.errors import MloptError
from mlopt.isolation import Worker, WorkerTimeout

_JOB: Final = "mlopt.bench.peers.jobs:seat_peer"
# `max-autotune` compiles and times several kernels a layer.
_TIMEOUT_S: Final = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """To run one model.

    Attributes:
        model: as of `PeerSpec`.
        scratch: a folder for the kernels that TorchInductor writes.
    """

    model: str
    scratch: Path


@dataclass(slots=True, kw_only=True)
class Guests:
    """Who came, and who did not and why; by name of the peer."""

    contestants: dict[str, RemoteContestant] = field(default_factory=dict)
    max_relative_error: dict[str, float] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def lose(self, name: str, sentence: str) -> None:
        """Somebody's process failed."""
        del self.contestants[name], self.max_relative_error[name]
        self.absent[name] = sentence


def invite(
    invitation: Invitation,
    material: Material,
    *,
    reduction_length: int,
    num_threads: int,
    env: Mapping[str, str],
    stack: ExitStack,
) -> Guests:
    """Start every peer that is installed, one after the other.

    Args:
        env: of their processes.
        stack: ends the processes.
    """
    guests = Guests()
    env = {
        **env,
        "TORCHINDUCTOR_CACHE_DIR": str(invitation.scratch.absolute()),
        # Its pool of processes would go on beside the turns, where one busy core
        # makes OpenMP's threads wait for each other.
        "TORCHINDUCTOR_COMPILE_THREADS": "1",
    }
    for peer, standing in standings().items():
        if standing.reason:
            guests.absent[peer] = standing.reason
            continue
        spec = PeerSpec(
            peer=peer,
            model=invitation.model,
            material=material,
            reduction_length=reduction_length,
            num_threads=num_threads,
        )
        worker = stack.enter_context(closing(Worker(name=peer, env=env)))
        _seat(spec, worker, guests)
    return guests


def _seat(spec: PeerSpec, worker: Worker, guests: Guests) -> None:
    peer = spec.peer
    try:
        error = worker.call(_JOB, spec, timeout_s=_TIMEOUT_S)
    except WorkerTimeout:
        guests.absent[peer] = f"not ready after {_TIMEOUT_S:.0f} s"
    except MloptError as fault:
        guests.absent[peer] = str(fault).splitlines()[0]
    else:
        assert isinstance(error, float)
        guests.max_relative_error[peer] = error
        guests.contestants[peer] = RemoteContestant(name=peer, worker=worker)
    if peer in guests.absent:
        worker.close()
