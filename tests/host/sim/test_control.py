"""The control line: orders in, answers out, whatever a program sends."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from click.testing import CliRunner

from fixprop.errors import FixpropError, UsageError
from fixprop.sim.control import LONGEST_LINE, Control, ControlLine, control
from fixprop.sim.orders import Figures
from fixprop.sim.serial_line import HOST


def echo(line: str) -> Figures:
    if line == "no":
        raise UsageError("say something else")
    return {"heard": line}


@contextmanager
def turning() -> Iterator[int]:
    """The port of a line that turns in the background."""
    over = threading.Event()
    with closing(ControlLine(0, echo)) as line:

        def turn() -> None:
            while not over.is_set():
                line.turn()

        thread = threading.Thread(target=turn)
        thread.start()
        try:
            yield line.port
        finally:
            over.set()
            thread.join()


def connect(line: ControlLine) -> socket.socket:
    program = socket.create_connection((HOST, line.port), timeout=5)
    line.turn()
    return program


def test_orders_come_in_any_pieces_and_from_several_programs() -> None:
    with closing(ControlLine(0, echo)) as line:
        with closing(connect(line)) as one, closing(connect(line)) as other:
            for piece in (b"hand", b" none\nno", b"\n"):
                one.sendall(piece)
                line.turn()
            other.sendall(b"truth\n")
            line.turn()
            answers = one.makefile()
            assert json.loads(answers.readline()) == {"heard": "hand none"}
            assert json.loads(answers.readline()) == {"error": "say something else"}
            assert json.loads(other.makefile().readline()) == {"heard": "truth"}
        line.turn()  # both have hung up


def test_a_program_that_sends_no_end_of_line_is_hung_up_on() -> None:
    with closing(ControlLine(0, echo)) as line, closing(connect(line)) as program:
        program.sendall(b"x" * (LONGEST_LINE + 1))
        line.turn()
        assert program.recv(10) == b""


def test_a_port_that_is_taken_is_told() -> None:
    with (
        closing(ControlLine(0, echo)) as line,
        pytest.raises(FixpropError, match=f"control port {line.port}: .*choose another, or 0"),
    ):
        ControlLine(line.port, echo)


def test_a_program_gets_answers_and_refusals() -> None:
    with turning() as port, closing(Control(port)) as program:
        assert program.ask("card 20") == {"heard": "card 20"}
        with pytest.raises(FixpropError, match="say something else"):
            program.ask("no")
        assert program.ask("é") == {"heard": "é"}


def test_a_virtual_uno_that_ended_is_told() -> None:
    with turning() as port:
        program = Control(port)
        program.ask("x")
    with closing(program), pytest.raises(FixpropError, match=f"control port {port}: .*start again"):
        program.ask("x")
    with pytest.raises(FixpropError, match=f"nobody listens at control port {port}: start one"):
        Control(port)


def test_a_person_says_it_at_a_terminal() -> None:
    with turning() as port:
        one = CliRunner().invoke(control, [str(port), "hand", "-10", "20"])
        assert json.loads(one.output) == {"heard": "hand -10 20"}
        lines = CliRunner().invoke(control, [str(port)], input="card 20\ncover left\n")
        assert '"card 20"' in lines.output and '"cover left"' in lines.output
        wrong = CliRunner().invoke(control, [str(port), "no"])
        assert isinstance(wrong.exception, UsageError | FixpropError)
