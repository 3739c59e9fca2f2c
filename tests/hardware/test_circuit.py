"""The circuit holds the definition's pins, and the breadboard connects what the schematic does."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from hardware.bom import items
from hardware.circuit import COLOURS, definition_pins, leads, nets, parts, strip
from hardware.schematic import schematic
from hardware.tables import connection_rows, pin_rows
from hardware.wiring import COLOURS as DRAWN
from hardware.wiring import wiring

pytestmark = pytest.mark.usefixtures("wired")


def terminals() -> list[str]:
    return [f"{part.ref}.{terminal}" for part in parts() for terminal in part.terminals]


def test_every_terminal_is_on_one_net_and_every_net_joins_at_least_two() -> None:
    on_nets = Counter(terminal for members in nets().values() for terminal in members)
    assert on_nets == Counter(terminals())
    assert all(len(members) >= 2 for members in nets().values())


def test_no_pin_of_the_definition_is_used_twice() -> None:
    labels = [pin.label for pin in definition_pins().values()]
    assert len(labels) == len(set(labels))
    assert {"PIN_LEFT_SENSOR", "PIN_RIGHT_SENSOR", "PIN_SERVO"} <= set(definition_pins())


def test_tables_and_drawings_mention_every_pin_of_the_definition() -> None:
    starts = [row[1] for row in connection_rows()]
    schematic_svg, wiring_svg = schematic()[0], wiring()
    for name, pin in definition_pins().items():
        on_board_only = name == "PIN_LED"
        assert starts.count(f"U1 {pin.label}") == (0 if on_board_only else 1), name
        assert [row[1] for row in pin_rows() if row[0] == f"`{name}`"] == [pin.label]
        for svg in (schematic_svg, wiring_svg):
            assert f">{pin.label}<" in svg or f">{pin.label}: " in svg, name


def test_the_schematic_shows_every_terminal() -> None:
    assert schematic()[1] == set(terminals())


def breadboard_nets() -> set[frozenset[str]]:
    """What the holes connect, worked out from the strips alone."""
    joined: dict[str, str] = {}

    def root(name: str) -> str:
        while joined.setdefault(name, name) != name:
            name = joined[name]
        return name

    for lead in leads():
        start = lead.start if "." in lead.start else strip(lead.start)
        joined[root(start)] = root(strip(lead.hole))
    groups = defaultdict(set)
    for name in list(joined):
        if "." in name:
            groups[root(name)].add(name)
    return {frozenset(group) for group in groups.values()}


def test_the_breadboard_connects_exactly_what_the_nets_say() -> None:
    wanted = {members for name, members in nets().items() if name != "LED"}  # on the Uno itself
    assert breadboard_nets() == wanted


def test_no_hole_takes_two_leads() -> None:
    holes = [lead.hole for lead in leads()]
    holes += [lead.start for lead in leads() if "." not in lead.start]
    assert [hole for hole, count in Counter(holes).items() if count > 1] == []


@pytest.mark.parametrize("hole", ["k1", "a0", "a31", "top+ 0", "bottom- 26"])
def test_a_hole_that_is_not_there_is_refused(hole: str) -> None:
    with pytest.raises(ValueError, match=re.escape(hole)):
        strip(hole)


def test_the_breadboard_drawn_has_as_many_holes_as_the_one_that_is_bought() -> None:
    [bought] = re.findall(r"breadboard, (\d+) holes", " ".join(item.part for item in items()))
    drawn = re.findall(r'<rect [^>]*width="7" height="7"', wiring())
    assert len(drawn) == int(bought)


def test_the_two_supplies_meet_in_ground_only() -> None:
    by_net = nets()
    assert "M1.V+" not in by_net["+5V"] | by_net["SUPPLY"]
    assert {"M1.GND", "S1.GND", "S2.GND", "U1.GND", "PS1.-"} <= by_net["GND"]
    for lead in leads():
        if "." not in lead.start:
            ends = {strip(lead.start), strip(lead.hole)}
            assert ends != {"top+", "bottom+"}


def test_every_wire_has_a_colour_that_can_be_drawn() -> None:
    assert set(COLOURS.values()) <= set(DRAWN)
    assert {lead.colour for lead in leads()} <= set(DRAWN)
