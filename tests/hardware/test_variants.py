"""Other boards and sensors: the tables agree with the definition and with the simulated sensor."""

from __future__ import annotations

import pytest

from fixprop.sim.gp2y0a21 import output_mv
from fixprop.tracking.definition import CONSTANTS
from fixprop.tracking.evaluation import FAR_CM, NEAR_CM
from hardware.circuit import definition_pins
from hardware.tables import _EDGES_CM, board_rows, model_rows
from hardware.variants import BOARDS, MODELS, scale, working_range_cm


def test_the_unos_row_is_the_definitions() -> None:
    labels = tuple(pin.label for pin in definition_pins().values())
    assert board_rows()[0][2:-1] == labels
    assert not BOARDS[0].moved


def test_the_megas_servo_is_where_its_timer_is() -> None:
    pins, mega = definition_pins(), BOARDS[2]
    assert pins["PIN_SERVO"].label == "D9"  # OC1A of the ATmega328P
    assert mega.label(pins["PIN_SERVO"].label) == "D11"  # OC1A of the ATmega2560
    assert mega.label(pins["PIN_LEFT_SENSOR"].label) == pins["PIN_LEFT_SENSOR"].label


def test_the_simulated_sensor_lies_on_its_data_sheets_ends() -> None:
    model = MODELS[0]
    assert model.name == "GP2Y0A21YK0F"
    # The curve was digitised to 15 mV; the table's typical values are rounded to 50 mV.
    assert output_mv(model.far_cm) == pytest.approx(1000 * model.far_v, abs=25)
    assert output_mv(model.near_cm) == pytest.approx(1000 * model.near_v, abs=40)


def test_ranges_scale_with_the_output_over_nearness() -> None:
    assert working_range_cm(MODELS[0]) == (NEAR_CM, FAR_CM)
    short, far = scale(MODELS[1]), scale(MODELS[2])
    assert short < 1 < far
    for model in MODELS:
        near_cm, far_cm = working_range_cm(model)
        assert model.near_cm <= near_cm < far_cm <= model.far_cm


def test_the_level_bands_of_the_table_are_the_definitions() -> None:
    edges = [c for c in CONSTANTS if c.name.startswith("LEVEL_EDGE_")]
    for edge, distance_cm in zip(edges, _EDGES_CM, strict=True):
        assert f"{distance_cm} cm" in edge.text
        counts = 2 * output_mv(distance_cm) / 5000 * 1024 * 8  # both sensors, eighths of a count
        assert counts == pytest.approx(edge.value, rel=0.08)  # "about"
    assert model_rows()[0][-1] == ", ".join(map(str, _EDGES_CM))
