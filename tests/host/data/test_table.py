"""Columns by name, group or number; cells that are missing, text or infinite."""

import math

import numpy as np
import pytest

from fixprop.data.table import Table
from fixprop.errors import UsageError


def table(**columns: list[object]) -> Table:
    made = {name: np.array(cells, object) for name, cells in columns.items()}
    return Table("data.csv", "", made, {"both": ("width", "height")})


@pytest.fixture
def shapes() -> Table:
    return table(width=["1", "2", " 3 "], height=["4", "", "NA"], kind=["a", "b", "a"])


def test_columns_are_chosen_by_name_group_and_number(shapes: Table) -> None:
    assert shapes.choose(["kind", "0"]) == ["kind", "width"]
    assert shapes.choose(["-1"]) == ["kind"]
    assert shapes.choose(["both"]) == ["width", "height"]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (["widht"], 'did you mean "width"'),
        (["KIND"], 'did you mean "kind"'),
        (["3"], "a number, 0 to 2"),
        (["xyz"], "it has width, height, kind"),
        (["width", "0"], '"width" of data.csv is named twice'),
    ],
)
def test_a_column_that_is_not_there_is_named_with_its_like(
    shapes: Table, wanted: list[str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        shapes.choose(wanted)


def test_missing_numbers_are_nan_or_refused_with_their_count(shapes: Table) -> None:
    assert shapes.numbers("height").tolist() == pytest.approx(
        [4.0, math.nan, math.nan], nan_ok=True
    )
    with pytest.raises(UsageError, match=r'row 2, column "height" has no value.*2 such rows'):
        shapes.complete_numbers("height")


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999"])
def test_infinities_are_refused_where_they_stand(cell: str) -> None:
    with pytest.raises(UsageError, match=r'row 2, column "a": .* is not finite'):
        table(a=["1", cell]).numbers("a")


def test_digits_with_underscores_are_text() -> None:
    with pytest.raises(UsageError, match='"1_000" is not a number'):
        table(a=["1_000", "2"]).numbers("a")


def test_a_column_of_text_is_told_from_a_slip_in_numbers() -> None:
    assert table(a=["x", "1", "y"]).is_text("a")
    assert not table(a=["1", "", "2"]).is_text("a")
    with pytest.raises(UsageError, match='row 3, column "a": "abc" is not a number'):
        table(a=["1", "2", "abc", "4"]).is_text("a")


def test_texts_are_stripped_and_whole_numbers_have_no_point() -> None:
    assert table(a=[" x", "y "]).texts("a") == ["x", "y"]
    numbers = Table("data.npy", "", {"a": np.array([1.0, 2.5])})
    assert numbers.texts("a") == ["1", "2.5"]
    with pytest.raises(UsageError, match="has no value"):
        table(a=["x", "?"]).texts("a")
