"""A board's constants, read from it and stored on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fixprop.calibration.constants import UnitConstants, constants_of
from fixprop.errors import FixpropError
from fixprop.session import Session
from fixprop.wire.codec import Frame
from fixprop.wire.records import (
    Calibration,
    GetCalibration,
    Record,
    Stored,
    StoreOperation,
    StoreResult,
)

PATIENCE_S = 2.0  # two slots of 31 cells, 3.4 to 4 ms each
LISTEN_S = 0.02
M = TypeVar("M", bound=Record)


def read_constants(session: Session) -> UnitConstants:
    """What the board keeps of itself and its sensors."""
    return constants_of(_ask(session, GetCalibration(), Calibration))


def store_constants(session: Session, constants: UnitConstants) -> None:
    """Store them and read them back; raises FixpropError if the board does not keep them."""
    command = constants.message()
    stored = _ask(session, command, Stored, lambda s: s.operation == StoreOperation.CALIBRATE)
    if stored.result != StoreResult.OK:
        raise FixpropError(
            f"{session.port.url} could not keep its calibration: the cells for it are worn out; "
            "the file has it, and the board until it is switched off"
        )
    if (kept := read_constants(session).message()) != command:
        raise FixpropError(f"{session.port.url} keeps {kept} instead of {command}: try again")


def _ask(
    session: Session, command: Record, kind: type[M], fits: Callable[[M], bool] = lambda _: True
) -> M:
    found: list[M] = []

    def listen(frame: Frame) -> None:
        if isinstance(frame.message, kind) and fits(frame.message):
            found.append(frame.message)

    session.listeners.append(listen)
    try:
        session.command(command)
        end_s = session.port.time_s() + PATIENCE_S
        while not found and session.port.time_s() < end_s:
            session.run(LISTEN_S)
    finally:
        session.listeners.remove(listen)
    if not found:
        raise FixpropError(
            f"{session.port.url} obeyed {command.name} but told nothing of it in {PATIENCE_S:g} s: "
            "try again"
        )
    return found[0]
