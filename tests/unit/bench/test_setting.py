"""Outcomes with other frameworks are never taken for outcomes without."""

from itertools import pairwise

import pytest

from mlopt.bench.peers import standing
from mlopt.bench.peers.standing import Peer, Standing
from mlopt.bench.plan import TurnPlan
from mlopt.bench.setting import Setting
from mlopt.bench.suites import Suite, entries

PLAN = TurnPlan(num_turns=1, min_sample_s=0.0, watch_s=0.0)


@pytest.fixture
def setting(cpu, tmp_path):
    return Setting(target=cpu, folder=tmp_path, plan=PLAN, seed=0)


def entry_named(name):
    return next(entry for entry in entries() if entry.name == name)


def stand(monkeypatch, **versions):
    found = {
        peer: Standing(versions=versions, reason="" if versions else "not installed")
        for peer in Peer
    }
    monkeypatch.setattr(standing, "standings", lambda: found)


@pytest.mark.parametrize("name", ["gpt_decode", "gpt_decode_served"])
def test_a_model_depends_on_who_is_installed(setting, monkeypatch, name):
    entry, found = entry_named(name), []
    for versions in ({}, {"torch": "1.0"}, {"torch": "1.1"}):
        stand(monkeypatch, **versions)
        found.append(setting.identity(entry))
    assert found[0]["peers"] == dict.fromkeys(map(str, Peer), "not installed")
    assert all(a != b for a, b in pairwise(found))


@pytest.mark.parametrize(
    "name", ["softmax_1024x1024", "lstm_generator_served_bf16", "cnn_training_step"]
)
def test_where_nobody_else_takes_part_it_does_not_matter(setting, monkeypatch, name):
    entry = entry_named(name)
    stand(monkeypatch)
    before = setting.identity(entry)
    stand(monkeypatch, torch="1.0")
    assert setting.identity(entry) == before
    assert "peers" not in before
    assert setting.invitation(entry) is None


def test_models_of_inference_in_float32_invite_everybody(setting):
    invited = [entry for entry in entries() if setting.invitation(entry)]
    assert {entry.suite for entry in invited} == {Suite.MODELS, Suite.SERVED}
    models = {entry.source for entry in invited}
    assert len(models) == 10
    assert len(invited) == 2 * len(models)
