"""Tables on stdout are plain lines of aligned columns."""

from mlopt.tools.tables import print_table


def test_columns_are_as_wide_as_their_widest_cell(capsys):
    print_table(("a", "name"), [("1", "x"), ("100", "y")])
    assert capsys.readouterr().out == "a    name\n1    x\n100  y\n"


def test_a_table_without_rows_is_its_heading(capsys):
    print_table(("a", "name"), [])
    assert capsys.readouterr().out == "a  name\n"


def test_a_long_row_stays_on_one_line(capsys):
    print_table(("hash",), [("f" * 500,)])
    assert len(capsys.readouterr().out.splitlines()) == 2
