"""Whoever cannot come has a sentence, and nobody else suffers from it."""

import sys
from contextlib import ExitStack

import numpy as np
import pytest

from mlopt.bench.peers import inviting, jobs
from mlopt.bench.peers.inviting import Invitation, invite
from mlopt.bench.peers.jobs import PeerSpec, seat_peer
from mlopt.bench.peers.standing import Peer, Standing
from mlopt.bench.plan import Material
from mlopt.core.errors import MeasureError

MATERIAL = Material(
    weights={"w": np.zeros(1, np.float32)},
    inputs=(np.zeros(1, np.float32),),
    references=(np.zeros(1, np.float32),),
)


def invited(folder, monkeypatch, **reasons):
    standings = {
        peer: Standing(versions={}, reason=reasons.get(peer.name, "not installed"))
        for peer in Peer
    }
    monkeypatch.setattr(inviting, "standings", lambda: standings)
    with ExitStack() as stack:
        return invite(
            Invitation(model="nothing:nobody", scratch=folder),
            MATERIAL,
            reduction_length=16,
            num_threads=1,
            env={},
            stack=stack,
        )


def test_who_is_not_installed_is_absent_without_a_process(tmp_path, monkeypatch):
    guests = invited(tmp_path, monkeypatch, OPENVINO="no such thing")
    assert guests.contestants == {}
    assert guests.absent == {
        "torch": "not installed",
        "torch.compile": "not installed",
        "onnxruntime": "not installed",
        "openvino": "no such thing",
    }


def test_who_cannot_be_imported_is_absent_with_the_reason(tmp_path, monkeypatch):
    # Without torch, torch is what is missing; with it, the model is.
    guests = invited(tmp_path, monkeypatch, TORCH="")
    assert guests.contestants == {}
    assert guests.absent["torch"].startswith("cannot be imported: No module named")
    assert guests.absent["openvino"] == "not installed"


def test_a_framework_that_is_broken_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "mlopt.bench.peers.engines", raising=False)
    spec = PeerSpec(
        peer=Peer.TORCH,
        model="mlp:mlp_regressor",
        material=MATERIAL,
        reduction_length=16,
        num_threads=1,
    )
    with pytest.raises(MeasureError, match=r"^cannot be imported: import of torch"):
        seat_peer(spec)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("no such op", "no such op"),
        ("Exception from src/a.cpp:1:\nException from b:2:\n no port\n", "no port"),
        ("only where:", "only where:"),
        ("", "nothing said"),
        ("x" * 500, "x" * 100),
    ],
)
def test_of_a_long_message_the_first_line_that_says_something_is_kept(
    monkeypatch, text, line
):
    def fail(spec):
        raise RuntimeError(text)

    monkeypatch.setattr(jobs, "_first_outputs", fail)
    spec = PeerSpec(
        peer=Peer.OPENVINO,
        model="mlp:mlp_regressor",
        material=MATERIAL,
        reduction_length=16,
        num_threads=1,
    )
    with pytest.raises(MeasureError) as found:
        seat_peer(spec)
    assert str(found.value) == f"cannot run it: RuntimeError: {line}"
