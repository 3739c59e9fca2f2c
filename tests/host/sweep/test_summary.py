"""Medians, quartiles, ranking and picture of known figures."""

from pathlib import Path

import pytest

from fixprop.sweep.plot import plot
from fixprop.sweep.point import Point
from fixprop.sweep.results import Row
from fixprop.sweep.space import Space
from fixprop.sweep.summary import groups, summarise
from tests.host.sweep.fakes import figures_of

PNG = b"\x89PNG\r\n\x1a\n"


def rows(space: Space) -> list[Row]:
    return [Row(point, figures_of(point)) for point in space.points()]


def test_effects_are_quartiles_over_all_else() -> None:
    found = summarise(rows(Space({"baseline_cm": [8.0, 10.0], "toe_in_deg": [0.0]}, builds=5)))
    assert found.varied == ["baseline_cm", "toe_in_deg"][:1]
    eight, ten = found.effects
    assert (eight.value, eight.error.runs) == ("8", 5)
    # errors 8.001 to 8.005
    assert (eight.error.first, eight.error.median, eight.error.third) == pytest.approx(
        (8.002, 8.003, 8.004)
    )
    assert ten.error.median - eight.error.median == pytest.approx(2)


def test_the_best_setting_comes_first_and_is_compared_build_by_build() -> None:
    space = Space({"baseline_cm": [12.0, 7.0, 6.0], "toe_in_deg": [2.5, 0.0]}, builds=4)
    found = summarise(rows(space))
    ranking = [(of.setting["baseline_cm"], of.setting["toe_in_deg"]) for of in found.settings]
    assert ranking == [(6, 0), (6, 2.5), (7, 0), (7, 2.5), (12, 0), (12, 2.5)]
    assert [of.better for of in found.settings] == [1, 1, 1, None, 0, 0]


def test_without_the_trackers_own_setting_there_is_no_comparison() -> None:
    space = Space({"baseline_cm": [8.0], "toe_in_deg": [5.0, 0.0]}, builds=4)
    assert [of.better for of in summarise(rows(space)).settings] == [None, None]


def test_many_different_numbers_are_grouped() -> None:
    drawn = rows(Space({"toe_in_deg": [0.0, 10.0]}, draws=60))
    found = groups(drawn, "toe_in_deg")
    assert len(found) == 5
    assert sum(len(of) for _, _, of in found) == 60
    for text, place, of in found:
        low, high = map(float, text.split(" to "))
        assert place is not None
        assert low <= place <= high
        # the limits are shown to three digits
        assert all(low - 0.01 <= row.point.toe_in_deg <= high + 0.01 for row in of)


def test_hidden_layers_are_ordered_by_size() -> None:
    found = rows(Space({"hidden": ["12", "8-6", "6", "8"]}))
    assert [text for text, _, _ in groups(found, "hidden")] == ["6", "8", "12", "8-6"]


def test_runs_that_saw_nothing_do_not_spoil_the_rest() -> None:
    blind = Row(Point(seed=9), figures_of(Point(seed=9)) | {"rmse_deg": None})
    found = summarise([Row(Point(), figures_of(Point())), blind])
    assert found.settings[0].error.rmse_deg == pytest.approx(figures_of(Point())["rmse_deg"])


@pytest.mark.parametrize(
    "space",
    [
        Space(builds=3),
        Space({"baseline_cm": [8.0, 10.0], "toe_in_deg": [0.0, 5.0]}, builds=2),
        Space({"hidden": ["6", "8"], "activation": ["tanh", "sigmoid"]}, builds=2),
        Space({"rate": [0.01, 1.0], "toe_in_deg": [0.0, 9.0], "hidden": ["6", "8"]}, draws=30),
    ],
)
def test_a_picture_is_drawn_of_any_sweep(tmp_path: Path, space: Space) -> None:
    plot(rows(space), tmp_path / "new" / "a.png")
    assert (tmp_path / "new" / "a.png").read_bytes().startswith(PNG)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["a.png"]
