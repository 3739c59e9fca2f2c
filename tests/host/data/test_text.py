"""CSV as people have it: delimiters, headers, decimal commas; and what is none, named by its place."""

import re

import pytest

from fixprop.data.table import Table
from fixprop.data.text import text_table
from fixprop.errors import FixpropError, UsageError


def table(text: str | bytes, header: bool | None = None) -> Table:
    content = text.encode() if isinstance(text, str) else text
    return text_table(content, "data.csv", "", header)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_delimiter_and_the_header_are_told_from_the_rows(delimiter: str, end: str) -> None:
    rows = [["width", "height"], ["1.5", "-2"], ["3", "4e-1"]]
    found = table(end.join(delimiter.join(row) for row in rows) + end)
    assert found.names == ("width", "height")
    assert found.numbers("width").tolist() == [1.5, 3.0]
    assert found.numbers("height").tolist() == [-2.0, 0.4]


def test_a_comma_is_decimal_where_it_does_not_divide() -> None:
    found = table("a;b\n5,1;2\n-0,25;3,5\n")
    assert found.numbers("a").tolist() == [5.1, -0.25]
    assert found.numbers("b").tolist() == [2.0, 3.5]


def test_several_spaces_divide_once() -> None:
    found = table("  1   2  3 \n 4 5   6\n")
    assert [found.numbers(name).tolist() for name in found.names] == [[1, 4], [2, 5], [3, 6]]


@pytest.mark.parametrize(
    ("text", "header", "names", "rows"),
    [
        ("5.1,setosa\n4.9,other\n", None, ("column_0", "column_1"), 2),
        ("5.1,setosa\n4.9,other\n", True, ("5.1", "setosa"), 1),
        ("2019,2020\n1,2\n", True, ("2019", "2020"), 1),
        ("a,b\n1,2\n", False, ("column_0", "column_1"), 2),
        (",b\n1,2\n", None, ("column_0", "b"), 1),  # as pandas writes an index
        ("\ufeffa,b\n1,2\n", None, ("a", "b"), 1),
        ('"a, b",c\n1,2\n', None, ("a, b", "c"), 1),
        ("red,round\ngreen,square\n", None, ("column_0", "column_1"), 2),
    ],
)
def test_the_first_line_is_a_header_if_it_has_no_number(
    text: str, header: bool | None, names: tuple[str, ...], rows: int
) -> None:
    found = table(text, header)
    assert found.names == names
    assert found.rows == rows


def test_places_count_rows_below_the_header_and_lines_from_the_top() -> None:
    found = table("a,b\n1,2\n\n3,oops\n4,5\n6,7\n")
    with pytest.raises(UsageError, match=r'data.csv, row 2 \(line 4\), column "b": "oops" is not'):
        found.numbers("b")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a,b\n", "header but no rows"),
        (b"a,a\n1,2\n", '2 columns named "a"'),
        (b"a,b\n1,2\n3\n", r"row 2 \(line 3\) has 1 cell, the header has 2"),
        (b"1,2\n1,2,3\n", r"row 2 \(line 2\) has 3 cells, the first row has 2"),
        (b'a,b\n1,"2\n3,4\n', "line 3: unexpected end"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words) as error:
        table(content)
    assert str(error.value).startswith("data.csv")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04\x00\xff\xfe", "not UTF-8 text: byte 0xff at 5"),
        (b"a,b\n1,\x002\n", "binary file"),
    ],
)
def test_what_is_no_text_is_broken_and_no_misuse(content: bytes, words: str) -> None:
    with pytest.raises(FixpropError, match=words) as broken:
        table(content)
    assert broken.value.exit_status == 1


def test_a_large_cell_is_refused_in_one_line() -> None:
    with pytest.raises(UsageError, match=re.escape("data.csv, line 2")):
        table("a,b\n1," + "9" * 200_000 + "\n")
