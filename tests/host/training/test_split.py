"""Rows are split by the seed, each class in proportion, and no part is empty."""

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.training.problem import Wish, problem_of
from fixprop.training.split import split_of
from tests.host.training.tables import problem, table


@pytest.mark.parametrize("target", ["kind", "area"])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
def test_the_parts_share_the_rows(target: str, share: float) -> None:
    split = split_of(problem(target), share, 1)
    assert sorted([*split.training, *split.validation]) == list(range(60))
    assert len(split.validation) == 60 * share


def test_every_class_is_split_in_proportion() -> None:
    some = problem("kind")
    split = split_of(some, 0.2, 1)
    assert np.bincount(some.labels[split.validation]).tolist() == [4, 4, 4]


def test_a_class_of_two_has_one_row_in_each_part() -> None:
    some = problem_of(
        table(x=range(22), c=["a", "b"] + 10 * ["a"] + ["b"] + 9 * ["a"]), Wish(("c",))
    )
    split = split_of(some, 0.1, 1)
    assert some.labels[split.validation].sum() == 1
    assert some.labels[split.training].sum() == 1


def test_the_seed_decides_and_close_seeds_differ() -> None:
    some = problem("area")
    splits = [split_of(some, 0.2, seed).validation.tolist() for seed in (1, 1, 2, 3)]
    assert splits[0] == splits[1]
    assert len({tuple(rows) for rows in splits}) == 3


def test_every_row_is_held_back_by_some_seed() -> None:
    some = problem("area")
    seen = {int(row) for seed in range(1, 60) for row in split_of(some, 0.2, seed).validation}
    assert seen == set(range(60))


@pytest.mark.parametrize(
    ("classes", "share", "words"),
    [
        (["a", "a", "b"], 0.2, 'class "b" has 1 row.*--validation 0'),
        (["a", "b"], 0.2, 'class "a" has 1 row'),
        (["a", "a", "b", "b"], 1.0, "validation 1: must be 0 to 0.9"),
        (["a", "a", "b", "b"], -0.1, "validation -0.1"),
        (["a", "a", "b", "b"], float("nan"), "validation nan"),
    ],
)
def test_too_few_rows_are_refused(classes: list[str], share: float, words: str) -> None:
    some = problem_of(table(x=range(len(classes)), c=classes), Wish(("c",)))
    with pytest.raises(UsageError, match=words):
        split_of(some, share, 1)


@pytest.mark.parametrize(("rows", "share"), [(1, 0.2), (1, 0.0), (2, 0.2)])
def test_a_table_of_a_row_or_two_is_refused(rows: int, share: float) -> None:
    some = problem_of(table(x=range(rows), z=range(rows)), Wish(("z",)))
    with pytest.raises(UsageError, match="row"):
        split_of(some, share, 1)
