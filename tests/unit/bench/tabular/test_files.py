"""A table's file: the same back, the same bytes, and nothing taken on trust."""

import gzip
import json

import pytest

from mlopt.bench.tabular import files
from mlopt.core.errors import InputError, MloptError
from mlopt.search.enumeration import enumerate_legal


def plain(table):
    """What can be compared: requirements are functions."""
    return [
        (
            each.name,
            each.family,
            each.workload,
            [(s.name, s.version, s.knobs) for s in each.spaces],
            each.experts,
            each.baseline_us,
            dict(each.results),
        )
        for each in table.workloads
    ]


@pytest.mark.parametrize("name", ["table.jsonl", "table.jsonl.gz"])
def test_it_is_read_as_it_was_written(table, tmp_path, name):
    path = tmp_path / "new" / name
    files.write(table, path)
    again = files.read(path)
    assert again.origin == table.origin
    assert again.templates == table.templates
    assert plain(again) == plain(table)
    first = path.read_bytes()
    files.write(again, path)
    assert path.read_bytes() == first
    assert (first[:2] == b"\x1f\x8b") == name.endswith(".gz")


def test_what_has_a_result_is_legal_and_nothing_else(table, tmp_path):
    path = tmp_path / "table.jsonl"
    files.write(table, path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:6]))
    (tabled,) = files.read(path).workloads
    (space,) = tabled.spaces
    assert len(tabled.results) == len(list(enumerate_legal(space))) == 4


def test_a_kernels_code_does_not_travel(table, tmp_path):
    path = tmp_path / "table.jsonl"
    files.write(table, path)
    assert "module {}" not in path.read_text()


def changed(lines, number, change):
    content = json.loads(lines[number])
    change(content)
    return [*lines[:number], json.dumps(content) + "\n", *lines[number + 1 :]]


def nested(depth):
    lines = []
    for _ in range(depth):
        lines = [["mlopt.per_loop", [], [], {}, lines]]
    return lines


CHANGES = {
    "line 1: this is no table": lambda lines: ['{"format":"x"}\n', *lines[1:]],
    "line 1: it has schema 2": lambda lines: changed(
        lines, 0, lambda c: c.update(schema=2)
    ),
    "line 1: missing or unknown fields: extra": lambda lines: changed(
        lines, 0, lambda c: c["origin"].update(extra=1)
    ),
    "line 1: a space is nested too deeply": lambda lines: changed(
        lines, 0, lambda c: c["templates"][0].update(lines=nested(9))
    ),
    "line 1: expected words or numbers": lambda lines: changed(
        lines, 0, lambda c: c["templates"][0]["lines"][0][3].update(loop=[1, "m"])
    ),
    "line 2: a result before": lambda lines: [lines[0], *lines[2:]],
    "line 2: missing or unknown fields: ops": lambda lines: changed(
        lines, 1, lambda c: c["workload"]["kernel"].pop("ops")
    ),
    "line 2: ops: extents: a loop of 1152921504606846976 steps": lambda lines: changed(
        lines, 1, lambda c: c["workload"]["kernel"]["ops"][0].update(extents=[2**60])
    ),
    "line 2: the root is number 7": lambda lines: changed(
        lines, 1, lambda c: c["workload"]["kernel"].update(root=7)
    ),
    "line 4: a trace that was there": lambda lines: [
        *lines[:3],
        lines[2],
        *lines[3:],
    ],
    "line 4: there is no space number 3": lambda lines: changed(
        lines, 3, lambda c: c.__setitem__(0, 3)
    ),
    "line 4: knob n of space packed has no value number 9": lambda lines: changed(
        lines, 3, lambda c: c.__setitem__(1, [0, 9])
    ),
    "line 4: expected a finite number": lambda lines: changed(
        lines, 3, lambda c: c.__setitem__(3, -1.5)
    ),
    "line 4: expected a number above 0": lambda lines: changed(
        lines, 3, lambda c: c.__setitem__(6, 0.0)
    ),
    "line 3: 'odd' is not a valid": lambda lines: changed(
        lines, 2, lambda c: c.__setitem__(2, "odd")
    ),
    "line 5: not JSON": lambda lines: [*lines[:4], "[0,\n", *lines[4:]],
    "line 5: NaN is not a number": lambda lines: [*lines[:4], "[NaN]\n", *lines[4:]],
    "line 5: not JSON:": lambda lines: [*lines[:4], "__import__('os')\n"],
}


@pytest.mark.parametrize("sentence", CHANGES)
def test_what_is_wrong_is_refused_with_its_line(table, tmp_path, sentence):
    path = tmp_path / "table.jsonl"
    files.write(table, path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(CHANGES[sentence](lines)))
    with pytest.raises(InputError) as error:
        files.read(path)
    assert sentence in str(error.value)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_MAX_LINE_BYTES", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"[" * 100_000))
    with pytest.raises(InputError, match="line 1: it is too long"):
        files.read(path)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08broken", b"\xff\xfe\n"])
def test_what_is_no_table_at_all_is_refused(tmp_path, content):
    path = tmp_path / "odd.gz"
    path.write_bytes(content)
    with pytest.raises(MloptError):
        files.read(path)
    with pytest.raises(InputError, match="cannot read"):
        files.read(tmp_path / "absent.gz")
