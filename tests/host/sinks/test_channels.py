"""Each channel says what its messages say, in its unit."""

from __future__ import annotations

import pytest

from fixprop.errors import UsageError
from fixprop.sim.gp2y0a21 import output_mv
from fixprop.sinks.channels import BY_NAME, CHANNELS, Moment, channels_of
from fixprop.toolchain import PROJECT_ROOT
from tests.host.sinks.making import health, reading


def of(name: str, moment: Moment) -> float | int | None:
    return BY_NAME[name].value(moment)


def test_counts_are_those_of_the_adc() -> None:
    moment = Moment(reading(left=8 * 1000, right=4))
    assert of("left_counts", moment) == 1000
    assert of("right_counts", moment) == 0.5


@pytest.mark.parametrize("distance_cm", [10, 20, 40, 80])
def test_centimetres_are_those_of_the_datasheets_curve(distance_cm: int) -> None:
    counts = float(output_mv(distance_cm)) * 1024 / 5000
    told = of("left_cm", Moment(reading(left=round(8 * counts))))
    assert told == pytest.approx(distance_cm, rel=0.01)  # an eighth of a count at 80 cm is 0.15 cm


def test_bearings_are_degrees_to_the_right_and_presence_is_a_half() -> None:
    moment = Moment(reading(bearing=16384, presence=16384))
    assert of("bearing_deg", moment) == 16  # full scale is 32 degrees
    assert of("bearing_ahead_deg", moment) == -8
    assert of("presence", moment) == 0.5


def test_the_pointer_is_straight_ahead_at_its_middle_pulse() -> None:
    assert of("pointer_deg", Moment(reading(pointer_us=1450))) == 0
    # 500 to 2400 us are 180 degrees: 100 us are 9.47; a label is a quarter degree
    assert of("pointer_deg", Moment(reading(pointer_us=1550))) == pytest.approx(9.47, abs=0.25)


def test_rate_and_step_are_the_boards() -> None:
    moment = Moment(reading(step=123))
    assert of("step", moment) == 123
    assert of("rate", moment) == 0.125  # 1024 in UQ3.13


def test_what_only_health_tells_is_unknown_before_it() -> None:
    assert of("stack_free_bytes", Moment(reading())) is None
    assert of("stack_free_bytes", Moment(reading(), health(free=347))) == 347
    assert of("missed_readings", Moment(reading(), health(missed=3))) == 3


def test_names_say_their_unit() -> None:
    endings = {"counts": "_counts", "cm": "_cm", "deg": "_deg", "mV": "_mv", "bytes": "_bytes"}
    for channel in CHANNELS:
        assert channel.name.endswith(endings.get(channel.unit, ""))


def test_channels_are_chosen_by_name_in_the_users_order() -> None:
    assert [c.name for c in channels_of(["loss", "left_cm"])] == ["loss", "left_cm"]


@pytest.mark.parametrize("names", [["lose"], [""], ["loss", "loss"]])
def test_other_names_are_refused(names: list[str]) -> None:
    with pytest.raises(UsageError, match="channel"):
        channels_of(names)


def test_the_page_on_sinks_has_every_channel() -> None:
    page = (PROJECT_ROOT / "docs" / "sinks.md").read_text(encoding="utf-8")
    for channel in CHANNELS:
        assert f"| `{channel.name}` | {channel.unit} | {channel.text} |" in page
