"""Known data sets: fixed point is as good as float64 and as scikit-learn's network on the same rows."""

import pytest

from fixprop.training.figures import Case, scores


@pytest.mark.parametrize(
    ("case", "seeds", "least", "slack"),
    [
        (Case("iris", True, 8, 60), (1, 2, 3), 0.93, 0.03),
        (Case("breast_cancer", True, 4, 20), (1, 2), 0.94, 0.03),
        (Case("diabetes", False, 8, 40), (1, 2, 3), 0.47, 0.03),
        (Case("digits", True, 24, 8), (1,), 0.95, 0.03),
    ],
)
def test_it_is_as_good_as_float64_and_scikit_learn(
    case: Case, seeds: tuple[int, ...], least: float, slack: float
) -> None:
    fixed, float64, other = scores(case, seeds)
    assert fixed >= max(least, float64 - 0.015, other - slack)
