"""fixprop calibrate at a terminal: what a person reads, and presses at the wrong time."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from fixprop.board.ports import open_port
from fixprop.formats import WEIGHT
from fixprop.session import Session
from fixprop.sim.control import Control
from fixprop.sim.orders import Figures
from fixprop.tracking.definition import TOPOLOGY, VALUES
from fixprop.transfer import push
from tests.system.desk import PROMPT, do_what_it_says
from tests.system.terminal import at_terminal
from tests.system.virtual import controlled_uno

UNO = ("--tcp", "0", "--speed", "10", "--seed", "3")
ASIDE_DEG = 8.0
OUTPUT_ROW = 1 + TOPOLOGY.sizes[-2]  # a bias and its weights
INTERRUPT, END = "\x03", "\x04"


def let_it_point_aside(url: str) -> None:
    """Weights with which the board sees a hand at ASIDE_DEG, whatever is there."""
    weights = np.zeros(TOPOLOGY.weight_count, np.int64)
    biases = weights[-3 * OUTPUT_ROW :: OUTPUT_ROW]
    biases[:] = round(ASIDE_DEG / VALUES["BEARING_FULL_SCALE_DEG"] * (1 << WEIGHT.fraction))
    with closing(open_port(url)) as port:
        session = Session(port)
        session.open()
        push(session, weights)
        session.save()


def pointer_deg_later(control: Control, seconds: float = 0.5) -> float:
    """So long from now, of the board's time."""
    end_s = control.ask("truth")["time_s"] + seconds
    while (told := control.ask("truth"))["time_s"] < end_s:
        pass
    return float(told["pointer_deg"])


def test_enter_pressed_twice_confirms_one_measurement_only(tmp_path: Path) -> None:
    with (
        controlled_uno(*UNO) as (url, control),
        at_terminal("calibrate", "--port", url, "-o", str(tmp_path / "x.json")) as terminal,
    ):
        assert "white card" in terminal.wait_for(r"[^.]*needed\.")[0]
        terminal.wait_for(PROMPT)
        control.ask("card none")
        terminal.press("\n\n\n")
        assert terminal.wait_for(PROMPT)[1] == "2"
        pointer_deg_later(control, 8.0)  # four times as long as a measurement
        with pytest.raises(AssertionError, match="no "):
            terminal.wait_for(PROMPT, seconds=0.0)


@pytest.mark.parametrize("key", [INTERRUPT, END])
def test_a_person_may_leave_and_the_pointer_is_let_go(tmp_path: Path, key: str) -> None:
    with controlled_uno(*UNO) as (url, control):
        let_it_point_aside(url)
        with at_terminal("calibrate", "--port", url, "-o", str(tmp_path / "x.json")) as terminal:
            terminal.wait_for(PROMPT)
            assert pointer_deg_later(control) == pytest.approx(0, abs=0.1)
            terminal.press(key)
            assert "interrupted" in terminal.rest()
            assert terminal.status() == 130
        assert pointer_deg_later(control) == pytest.approx(ASIDE_DEG, abs=0.1)
        assert list(tmp_path.iterdir()) == []


def test_a_card_at_a_wrong_place_is_asked_for_again_by_number_and_reason(tmp_path: Path) -> None:
    """The card at 15 cm is held at 19."""
    path = tmp_path / "x.json"

    class Clumsy(Control):
        times = 1

        def ask(self, order: str) -> Figures:
            if order.split() == ["card", "15"] and self.times:
                self.times -= 1
                order = "card 19"
            return super().ask(order)

    with (
        controlled_uno(*UNO, kind=Clumsy) as (url, control),
        at_terminal("calibrate", "--port", url, "-o", str(path)) as terminal,
    ):
        do_what_it_says(terminal, control)
        again = terminal.wait_for(r"Once\s+more:([^\[]*)\[10/10\][^\[]*15\s+cm")
        assert "measure the distance again" in " ".join(again[1].split())
        control.ask("card 15")
        terminal.press("\n")
        assert "stored on" in " ".join(terminal.rest().split())
        assert terminal.status() == 0
    assert path.exists()


def test_the_bar_names_what_the_person_does(tmp_path: Path) -> None:
    with (
        controlled_uno(*UNO) as (url, control),
        at_terminal("calibrate", "--port", url, "-o", str(tmp_path / "x.json")) as terminal,
    ):
        do_what_it_says(terminal, control)
        assert "stored on" in " ".join(terminal.rest().split())
        seen = terminal.seen
    for side in ("left", "right"):
        asked = seen.index(f"all of it {side}")
        labels = re.findall(r"(card on the \w+|edge left|edge right)", seen[asked:])
        assert labels and labels[0] == f"card on the {side}"


def test_a_hand_that_stays_at_the_first_step_is_asked_to_go(tmp_path: Path) -> None:
    with (
        controlled_uno(*UNO) as (url, control),
        at_terminal("calibrate", "--port", url, "-o", str(tmp_path / "x.json")) as terminal,
    ):
        terminal.wait_for(PROMPT)
        control.ask("card 6.5")
        terminal.press("\n")
        again = " ".join(terminal.wait_for(r"Once\s+more:([^\[]*)\[1/10\]")[1].split())
        assert "take it away" in again and "hold the card" not in again
        control.ask("hand follow")
        terminal.press("\n")
        again = " ".join(terminal.wait_for(r"Once\s+more:([^\[]*)\[1/10\]")[1].split())
        assert "hold the card" not in again
        control.ask("card none")
        terminal.press("\n")
        assert terminal.wait_for(PROMPT)[1] == "2"
