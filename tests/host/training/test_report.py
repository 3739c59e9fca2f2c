"""What a person reads: a figure a line, and advice where training went badly."""

from dataclasses import replace

import pytest

from fixprop.training.fit import Settings
from fixprop.training.report import notes, rows
from fixprop.training.session import FIXED, Plan, train
from tests.host.training.tables import problem

PLAN = Plan(problem("area", "rim"), Settings(epochs=3), (4,))


def test_every_target_has_its_error_in_both_parts() -> None:
    table = rows(train(PLAN))
    labels = [row[0] for row in table]
    assert "loss, training (48 rows)" in labels
    assert "error of rim, validation (rms)" in labels
    assert all(len(row) == 3 for row in table)


def test_without_validation_there_is_only_training() -> None:
    result = train(replace(PLAN, validation=0.0, compare=False))
    assert not any("validation" in row[0] for row in rows(result))
    assert all(len(row) == 2 for row in rows(result))


def test_what_has_no_meaning_is_a_dash() -> None:
    result = train(PLAN)
    training, _ = result.scores[FIXED]
    shown = rows(replace(result, scores={FIXED: (replace(training, quality=float("nan")),) * 2}))
    assert ["R2, training", "-"] in shown


@pytest.mark.parametrize(
    ("rate", "words"), [(7.9, "no epoch was better"), (0.1, "saturated weights: 0 of 22")]
)
def test_advice_follows_what_happened(rate: float, words: str) -> None:
    lines = notes(train(replace(PLAN, settings=Settings(epochs=30, rate=rate))))
    assert any(words in line for line in lines)
    assert rate > 1 or not any("--rate" in line for line in lines)
