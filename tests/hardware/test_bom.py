"""The bill of materials covers the circuit, adds up, and no supply is overloaded."""

from __future__ import annotations

import csv
import io
import re

import pytest

from hardware import bom
from hardware.circuit import parts
from hardware.tables import bom_rows, bom_total, csv_files, current_rows


@pytest.mark.usefixtures("wired")
def test_every_part_of_the_circuit_is_bought_once() -> None:
    bought = [ref for item in bom.items() for ref in item.refs]
    assert sorted(bought) == sorted(part.ref for part in parts() if not part.on_board)
    assert all(item.quantity == len(item.refs) for item in bom.items() if item.refs)
    assert all(item.number and item.alternatives for item in bom.items())


def test_the_prices_add_up_in_the_table_and_in_the_file() -> None:
    rows = bom_rows()
    assert all(float(r[6]) == pytest.approx(int(r[1]) * float(r[5])) for r in rows)
    together = sum(float(row[6]) for row in rows)
    assert together == pytest.approx(float(bom_total()[6].strip("*")))
    read = list(csv.DictReader(io.StringIO(csv_files()["bom.csv"])))
    assert sum(float(row["together, USD"]) for row in read) == pytest.approx(together)


def test_no_supply_is_loaded_beyond_its_limit() -> None:
    for rail, limit_ma in bom.LIMITS_MA.items():
        typical, worst = bom.budget(rail)
        assert 0 < typical <= worst <= limit_ma, rail


def test_usb_alone_could_not_carry_a_stalled_servo() -> None:
    assert bom.budget(bom.USB)[1] + bom.budget(bom.SERVO)[1] > bom.USB_LIMIT_MA
    assert all(load.rail == bom.SERVO for load in bom.loads() if "M1" in load.refs)
    assert current_rows()[-1][3] == str(bom.budget(bom.USB)[1] + bom.budget(bom.SERVO)[1])


def test_the_fuse_holds_a_stalled_servo_and_the_supply_can_trip_it() -> None:
    assert bom.budget(bom.SERVO)[1] <= bom.FUSE_HOLD_MA
    assert bom.FUSE_HOLD_MA < bom.FUSE_TRIP_MA < bom.SUPPLY_MA


def test_the_sensors_capacitors_keep_ten_microfarads_after_losing_half() -> None:
    (item,) = (item for item in bom.items() if "C1" in item.refs)
    found = re.search(r"(\d+) µF", item.part)
    assert found and int(found[1]) / 2 >= 10  # Sharp E4-A00201EN, notes: 10 µF or more
