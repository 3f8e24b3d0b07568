"""Parts of an input keep their line numbers, and join as they were cut."""

from mlopt.driver.opt.documents import documents_of, join

MARKER = "// -----"


def test_a_marker_line_cuts_and_lines_keep_their_numbers():
    first, second = documents_of(b"a\n// -----\nb\n", MARKER)
    assert (first.data, first.first_line) == (b"a\n", 1)
    assert (second.data, second.first_line) == (b"\n\nb\n", 3)
    assert second.lines[2] == "b"


def test_a_marker_within_a_line_cuts_nothing():
    data = b"x // -----\n// -----// IR Dump\n"
    assert [d.data for d in documents_of(data, MARKER)] == [data]


def test_without_a_marker_and_in_bytecode_nothing_is_cut():
    for data, marker in ((b"a\n// -----\nb", None), (b"ML\xefR\n// -----\n", MARKER)):
        assert [d.data for d in documents_of(data, marker)] == [data]


def test_outputs_are_joined_by_the_marker():
    assert join([b"a\n", b"b\n"], MARKER) == b"a\n// -----\nb\n"
