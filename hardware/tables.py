"""The tables of hardware/README.md and their CSV files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from fixprop.tracking.definition import VALUES
from hardware import bom, variants
from hardware.circuit import definition_pins, leads, net_of, nets, parts

Row = tuple[str, ...]


def markdown(header: Row, rows: Iterable[Row], right: str = "") -> str:
    """A table; right: the columns (counted from 1) that are set to the right."""
    marks = ["-:" if str(i + 1) in right else "-" for i in range(len(header))]
    lines = [header, tuple(marks), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def csv_text(header: Row, rows: Iterable[Row]) -> str:
    """The same as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


CONNECTIONS = ("step", "from", "to hole", "drawn in", "net", "remark")


def _lead_net(start: str, hole: str) -> str:
    if "." in start:
        return net_of(start)
    rail = hole.split()[0]
    return {"top+": "+5V", "bottom+": "+5V SERVO"}.get(rail, "GND")


def connection_rows() -> list[Row]:
    """Every lead, in the order of assembly; capacitors, fuse and button have no wire."""
    rows: list[Row] = []
    own_legs = tuple(f"{p.ref}." for p in parts() if p.ref[0] in "CF" or p.ref == "SW1")
    for step, lead in enumerate(leads(), start=1):
        start = lead.start.replace(".", " ", 1) if "." in lead.start else f"hole {lead.start}"
        wire = "its own leg" if lead.start.startswith(own_legs) else lead.colour
        rows.append((str(step), start, lead.hole, wire, _lead_net(lead.start, lead.hole), lead.why))
    return rows


def pin_rows() -> list[Row]:
    """Every pin of the definition, and what is on its net."""
    rows: list[Row] = []
    for pin in definition_pins().values():
        others = sorted(nets()[net_of(pin.terminal)] - {pin.terminal})
        rows.append((f"`{pin.constant}`", pin.label, ", ".join(others).replace(".", " "), pin.text))
    return rows


PINS = ("constant", "pin", "goes to", "what it is")
BOM = ("refs", "quantity", "part", "number", "alternatives", "each, USD", "together, USD")


def bom_rows() -> list[Row]:
    """The bill of materials."""
    return [
        (", ".join(i.refs), str(i.quantity), i.part, i.number, i.alternatives,
         f"{i.price:.2f}", f"{i.quantity * i.price:.2f}")
        for i in bom.items()
    ]  # fmt: skip


def bom_total() -> Row:
    """The last row."""
    return ("", "", "**all**", "", "", "", f"**{bom.total_price():.2f}**")


CURRENT = ("supply", "load", "typical, mA", "worst, mA", "limit, mA", "source")


def current_rows() -> list[Row]:
    """The current budget, and what would happen if all hung on USB."""
    rows: list[Row] = []
    for rail, limit in bom.LIMITS_MA.items():
        for load in bom.loads():
            if load.rail == rail:
                who = ", ".join(load.refs)
                rows.append((rail, who, str(load.typical_ma), str(load.worst_ma), "", load.source))
        typical, worst = bom.budget(rail)
        source = "USB 2.0, 7.2.1.4" if rail == bom.USB else "F1 holds this much"
        rows.append((rail, "**all**", f"**{typical}**", f"**{worst}**", f"**{limit}**", source))
    both = [sum(pair) for pair in zip(*(bom.budget(r) for r in bom.LIMITS_MA), strict=True)]
    rows.append(
        ("were all on USB", "all", str(both[0]), str(both[1]), str(bom.USB_LIMIT_MA), "too much")
    )
    return rows


def board_rows() -> list[Row]:
    """The definition's pins on each board."""
    pins = definition_pins().values()
    return [
        (b.name, b.chip, *(b.label(pin.label) for pin in pins), b.status) for b in variants.BOARDS
    ]


def board_header() -> Row:
    """With a column for each pin."""
    return ("board", "chip", *(f"`{name}`" for name in definition_pins()), "state")


MODELS = (
    "model",
    "data sheet",
    "range, cm",
    "output there, V",
    "mA, typical (worst)",
    "cycle, ms",
    "distances, times",
    "bearings to be hoped for, cm",
    "level bands end at, cm",
)
_EDGES_CM = (37, 25, 17)  # LEVEL_EDGE_1, _2, _3 of the definition, with a GP2Y0A21


def model_rows() -> list[Row]:
    """The sensors of the family."""
    rows: list[Row] = []
    for m in variants.MODELS:
        times, (near, far) = variants.scale(m), variants.working_range_cm(m)
        rows.append((
            m.name, m.sheet, f"{m.near_cm:g} to {m.far_cm:g}", f"{m.near_v:.2f} to {m.far_v:.2f}",
            f"{m.typical_ma} ({m.worst_ma})", f"{m.cycle_ms:g}", f"{times:.2f}",
            f"{near:.0f} to {far:.0f}", ", ".join(f"{times * edge:.0f}" for edge in _EDGES_CM),
        ))  # fmt: skip
    return rows


def servo_limits() -> str:
    """One sentence with the definition's pulses."""
    low, centre, high = (VALUES[f"SERVO_{x}_US"] for x in ("LOW", "CENTRE", "HIGH"))
    return (
        f"The pulse on {definition_pins()['PIN_SERVO'].label} is {centre} µs straight ahead, "
        f"never below {low} µs nor above {high} µs."
    )


def button_times() -> str:
    """What a press does, with the definition's times."""
    pins = definition_pins()
    return (
        f"A press on the button ({pins['PIN_BUTTON'].label}) starts a lesson of "
        f"{VALUES['BUTTON_LESSON_S']} s; a press of {VALUES['BUTTON_LONG_MS'] / 1000:g} s forgets "
        f"what was learned.\nThe LED ({pins['PIN_LED'].label}) says what is going on: see "
        "[docs/standalone.md](../docs/standalone.md)."
    )


def blocks() -> dict[str, str]:
    """Every generated block of hardware/README.md by name."""
    return {
        "pins": markdown(PINS, pin_rows()),
        "connections": markdown(CONNECTIONS, connection_rows(), "1"),
        "bom": markdown(BOM, [*bom_rows(), bom_total()], "267"),
        "current": markdown(CURRENT, current_rows(), "345"),
        "boards": markdown(board_header(), board_rows()),
        "models": markdown(MODELS, model_rows(), "67"),
        "servo": servo_limits(),
        "button": button_times(),
    }


def csv_files() -> dict[str, str]:
    """The tables for other programs, by file name."""
    return {
        "connections.csv": csv_text(CONNECTIONS, connection_rows()),
        "bom.csv": csv_text(BOM, bom_rows()),
        "current.csv": csv_text(CURRENT, [tuple(c.strip("*") for c in r) for r in current_rows()]),
    }


_BLOCK = re.compile(r"(<!-- begin (\w+): [^\n]*-->\n)(.*?)(\n<!-- end \2 -->)", re.DOTALL)


def with_blocks(page: str) -> str:
    """The page with its generated blocks written anew; KeyError for a block nobody makes."""
    made = blocks()
    return _BLOCK.sub(lambda m: m[1] + made[m[2]] + m[4], page)


def block_names(page: str) -> list[str]:
    """Names of the page's generated blocks, in its order."""
    return [match[2] for match in _BLOCK.finditer(page)]
