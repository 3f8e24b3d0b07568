"""What is kept of a host is checked before it is believed."""

import json

import pytest

from mlopt.targets.host_facts import HostFacts, parse_facts, read_facts, write_facts

_FACTS = HostFacts(
    triple="x86_64-linux", cpu="znver3", features=("avx", "sse"), vector_bytes=32
)


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "new" / "host.json"
    write_facts(path, _FACTS)
    assert read_facts(path) == _FACTS
    assert list(path.parent.iterdir()) == [path]


def test_there_are_no_facts_where_there_is_no_file(tmp_path):
    assert read_facts(tmp_path / "host.json") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}"])
def test_a_damaged_file_is_no_answer(tmp_path, content):
    path = tmp_path / "host.json"
    path.write_bytes(content)
    assert read_facts(path) is None


@pytest.mark.parametrize(
    "change",
    [
        {"vector_bytes": 0},
        {"vector_bytes": "32"},
        {"vector_bytes": None},
        {"features": "avx"},
        {"features": ["avx", 2]},
        {"cpu": None},
        {"triple": 7},
    ],
)
def test_a_field_of_another_type_is_refused(change):
    good = {"triple": "t", "cpu": "c", "features": ["avx"], "vector_bytes": 32}
    assert parse_facts(json.dumps(good)).cpu == "c"
    with pytest.raises(ValueError, match="not the description of a host"):
        parse_facts(json.dumps(good | change))


def test_a_folder_that_cannot_be_made_costs_only_the_next_run(tmp_path):
    (tmp_path / "file").write_text("in the way")
    write_facts(tmp_path / "file" / "host.json", _FACTS)
    assert read_facts(tmp_path / "file" / "host.json") is None
