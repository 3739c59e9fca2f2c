"""Points: their names in the file, their limits, their defaults."""

from dataclasses import replace

import pytest

from fixprop.errors import UsageError
from fixprop.sim.optics import Mount
from fixprop.sweep.point import PARAMETERS, Point
from fixprop.tracking.definition import TOPOLOGY


def test_the_defaults_are_the_trackers_own() -> None:
    assert Point().topology() == TOPOLOGY
    assert Point().mount() == Mount()
    assert Point().rate == 0.125


def test_every_parameter_changes_the_key() -> None:
    changed = {
        "hidden": "6",
        "activation": "sigmoid",
        "rate": 0.25,
        "spread": 0.5,
        "baseline_cm": 8.0,
        "toe_in_deg": 3.75,
        "beam_deg": 3.0,
        "seed": 2,
    }
    assert changed.keys() == PARAMETERS.keys() | {"seed"}
    keys = {replace(Point(), **{name: of}).key for name, of in changed.items()}  # type: ignore[arg-type]
    assert len(keys | {Point().key}) == len(changed) + 1


def test_whole_and_real_numbers_have_one_key() -> None:
    assert Point(toe_in_deg=5).key == Point(toe_in_deg=5.0).key


def test_a_point_comes_back_from_json() -> None:
    point = Point(hidden="8-6", toe_in_deg=2.5, seed=9)
    assert Point(**point.as_json()) == point
    assert point.topology().sizes == (4, 8, 6, 3)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"baseline_cm": 1.0}, "baseline 1 cm: must be 2 to 40"),
        ({"baseline_cm": float("nan")}, "baseline nan cm: must be 2 to 40"),
        ({"toe_in_deg": 50.0}, "must be -20 to 45"),
        ({"rate": 0.0}, "first learning rate 0: must be"),
        ({"rate": 8.0}, "first learning rate 8: must be"),
        ({"activation": "softmax"}, "activation 'softmax': choose one of"),
        ({"hidden": "eight"}, "hidden neurons 'eight'"),
        ({"hidden": "-8"}, "hidden neurons '-8'"),
        ({"hidden": "0"}, "must be 1 to 254"),
        ({"hidden": "8-8-8-8"}, "4 hidden layers: at most 3"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Point(**wrong)  # type: ignore[arg-type]
