"""One examination of a board: open, watch, ask for a hand, turn the servo, judge."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from fixprop.board.finder import vendor_at
from fixprop.board.port import Port
from fixprop.board.serial_port import HELD, SOCKET
from fixprop.doctor import board, sensors
from fixprop.doctor.kinds import FIRMWARE_16U2, FLASH, Finding
from fixprop.doctor.limits import POINTER_DEG
from fixprop.doctor.person import SIDES, Person
from fixprop.doctor.watch import Watch
from fixprop.errors import FixpropError
from fixprop.fingerprint import fingerprint
from fixprop.session import NoAnswer, Session
from fixprop.tracking.definition import TOPOLOGY, VALUES
from fixprop.wire.codec import Frame
from fixprop.wire.messages import PROTOCOL_VERSION
from fixprop.wire.records import GetCalibration, Hello, Record, SetPointer, State, WeightsSource

REST_S, HAND_S, SERVO_S = 5.0, 3.0, 0.8
POINTER_US = 300  # 28 degrees to either side
ATTEMPTS = 3
DRAIN_S = 0.1  # while somebody was asked, bytes have piled up, and perhaps over
MOST_SLOTS = 8  # of the store; see firmware/lib/store/src/store.h


@dataclass
class Row:
    """One check: what was seen, and what is wrong with it. `skipped` says why it was not made."""

    check: str
    seen: str
    findings: list[Finding] = field(default_factory=list)
    skipped: bool = False


@dataclass(frozen=True)
class Wishes:
    """What to examine. `person` None: no hand and no look at the pointer."""

    person: Person | None = None
    rest_s: float = REST_S
    write: bool = False


Step = Callable[[str], None]


def examine(port: Port, wishes: Wishes, step: Step = lambda _: None) -> list[Row]:
    """Everything that can be found out behind `port`, which stays open.

    Raises FixpropError when a lesson goes on, or when the line is lost.
    """
    session = Session(port)
    watch = Watch(session)
    watch.usb_vendor = vendor_at(port.url)
    step("waiting for the board")
    rows, hello = _greet(session)
    if hello is None:
        return rows
    if hello.state & State.TEACHING:
        raise FixpropError(f"a lesson goes on at {port.url}: wait for its end, then try again")
    return rows + _Examiner(session, watch, wishes, hello, step).rows()


def _greet(session: Session) -> tuple[list[Row], Hello | None]:
    heard: list[Hello] = []

    def listen(frame: Frame) -> None:
        if isinstance(frame.message, Hello):
            heard.append(frame.message)

    session.listeners.append(listen)
    try:
        hello = session.open()
    except FixpropError as error:
        return [_why_not(session, heard, error)], None
    finally:
        session.listeners.remove(listen)
    seen = f"answers, protocol {hello.protocol}"
    firmware = f"fingerprint {hello.fingerprint:08x}, the same as this host's"
    return [Row("board", seen, board.judge_start(hello)), Row("firmware", firmware)], hello


def _why_not(session: Session, heard: list[Hello], error: FixpropError) -> Row:
    url = session.port.url
    if heard and heard[-1].protocol != PROTOCOL_VERSION:
        seen = f"{url} speaks protocol {heard[-1].protocol}, this host {PROTOCOL_VERSION}"
        return Row("firmware", seen, [Finding("other_protocol", seen)])
    if heard:
        seen = f"fingerprint {heard[-1].fingerprint:08x}, this host's {fingerprint(TOPOLOGY):08x}"
        return Row("firmware", seen, [Finding("other_firmware", seen)])
    counters = session.reader.counters
    bytes_came = counters.frames + counters.crc_errors + counters.malformed + session.reader.pending
    if bytes_came:
        return Row("board", str(error), [Finding("foreign", f"{url} sends, but no hello in 4 s")])
    cure = f"{HELD}: close it; else {FLASH}" if url.startswith(SOCKET) else ""
    return Row(
        "board", str(error), [Finding("silent", f"no hello from {url}, limit 4 s", cure=cure)]
    )


class _Examiner:
    def __init__(
        self, session: Session, watch: Watch, wishes: Wishes, hello: Hello, step: Step
    ) -> None:
        self._session, self._watch, self._wishes = session, watch, wishes
        self._hello, self._step = hello, step
        self._unanswered: list[str] = []  # what to say of each

    def rows(self) -> list[Row]:
        self._ask(GetCalibration())
        if self._wishes.person is not None:
            self._wishes.person.hold_hand(None)
        self._step("watching, with no hand")
        self._watch.phase(self._watch.rest, self._wishes.rest_s)
        self._hands()
        servo = self._servo()
        eeprom = self._eeprom()
        return [*self._judged(), servo, eeprom, self._answers()]

    def _hands(self) -> None:
        if (person := self._wishes.person) is None:
            return
        for side in (0, 1):
            self._step(f"a hand on the {SIDES[side]}")
            person.hold_hand(side)
            self._watch.phase(self._watch.hands[side], HAND_S)
        person.hold_hand(None)

    def _judged(self) -> list[Row]:
        watch = self._watch
        return [
            Row("supply", self._supply_seen(), board.judge_supply(watch)),
            self._sensor_row(),
            self._hand_row(),
            self._memory(),
            Row("clock", self._clock_seen(), board.judge_clock(watch)),
            Row("readings", f"{len(watch.rest.readings)} at rest", board.judge_readings(watch)),
            Row("line", self._line_seen(), board.judge_line(watch)),
            Row("restarts", f"{len(watch.restarts)}", board.judge_restarts(watch)),
        ]

    def _hand_row(self) -> Row:
        if self._wishes.person is None:
            return Row("hand", "left and right need a hand: run it without --no-hand", skipped=True)
        return Row("hand", "each sensor was shown one")

    def _servo(self) -> Row:
        self._step("turning the servo")
        try:
            still = [SIDES[side] for side in (0, 1) if not self._turns_to(side)]
        except NoAnswer:
            return Row("servo", "the board takes no commands", skipped=True)
        finally:
            with suppress(FixpropError):  # the first error is the one to tell
                self._session.command(SetPointer(0))
        if self._wishes.person is None:
            return Row("servo", "nobody looked whether it turns", skipped=True)
        seen = f"it does not point {POINTER_DEG:.0f} degrees to the {' nor to the '.join(still)}"
        found = [Finding("servo_still", seen)] if still else []
        return Row("servo", seen if still else "turns to both sides", found)

    def _turns_to(self, side: int) -> bool:
        """Point there; raises NoAnswer. Without a person it is believed."""
        pulse_us = VALUES["SERVO_CENTRE_US"] + (2 * side - 1) * POINTER_US
        if not self._ask(SetPointer(pulse_us)):
            raise NoAnswer("set_pointer was not answered")
        self._watch.phase(self._watch.servo, SERVO_S, settle_s=0.0)
        return self._wishes.person is None or self._wishes.person.sees_pointer(side)

    def _eeprom(self) -> Row:
        source = WeightsSource(self._hello.weights_source).name.lower()
        if not self._wishes.write:
            return Row("eeprom", f"weights from: {source}; it is written with --write only")
        self._step("writing the EEPROM")
        try:
            with self._session.paused() as before:
                found = self._round_trip(before)
            if before.state & State.LEARNING and not found:
                self._session.save()  # the saves before said that it does not learn
        except NoAnswer as error:
            self._unanswered.append(str(error).partition(": ")[0])  # the finding has the next step
            found = []
        return Row("eeprom", f"{len(self._watch.stored)} saves and loads", found)

    def _round_trip(self, before: Hello) -> list[Finding]:
        """A save in each slot in turn, then a load."""
        watch = self._watch
        try:
            self._save_everywhere()
        except NoAnswer:
            raise
        except FixpropError:  # not one slot took it; `stored` has been heard
            pass
        worn = max((s.bad_slots for s in watch.stored), default=0)
        if worn:
            return [Finding("eeprom_worn", f"{worn} slots of the EEPROM are worn, limit 0")]
        loaded = self._session.load()
        if loaded.weights_crc != before.weights_crc:
            seen = f"saved {before.weights_crc:04x}, loaded {loaded.weights_crc:04x}"
            return [Finding("eeprom_differs", seen)]
        return []

    def _save_everywhere(self) -> None:
        slots = set[int]()
        for _ in range(MOST_SLOTS):
            slot = self._session.save().slot
            if slot in slots:
                break
            slots.add(slot)

    def _answers(self) -> Row:
        if not self._unanswered:
            return Row("commands", "all were answered")
        if board.line_damage(self._watch) or self._watch.restarts:  # that is why
            return Row("commands", "some were lost on the line")
        seen = self._unanswered[0]
        return Row("commands", seen, [Finding("no_answer", seen)])

    def _ask(self, command: Record) -> bool:
        for _ in range(ATTEMPTS):
            self._session.run(DRAIN_S)
            with suppress(NoAnswer):
                self._watch.count(lambda: self._session.command(command))
                return True
        self._unanswered.append(f"{command.name} was not answered, {ATTEMPTS} times")
        return False

    def _supply_seen(self) -> str:
        mv = self._watch.rest.supply_mv
        unit = self._watch.calibration
        known = "calibrated" if unit and unit.bandgap_mv else "to 10 %, not calibrated"
        return f"{np.median(mv):.0f} mV, {known}" if len(mv) else "no readings"

    def _sensor_row(self) -> Row:
        """Skipped if nothing was found and something moved before both: their noise is not known."""
        found, rest = sensors.judge(self._watch), self._watch.rest
        if not rest.readings:
            return Row("sensors", "no readings", found)
        moved = [not sensors.is_steady(rest.of(side)) for side in (0, 1)]
        seen = ", ".join(self._sensor_seen(side, moved[side]) for side in (0, 1))
        if all(moved):
            seen += "; keep away from them and run it again"
        return Row("sensors", seen, found, skipped=all(moved) and not found)

    def _sensor_seen(self, side: int, moved: bool) -> str:
        values = self._watch.rest.of(side)
        noise = sensors.successive_sigma(values)
        judged = ", something moved: not judged" if moved else ""
        return f"{SIDES[side]} {values.mean():.0f} with noise of {noise:.0f}{judged}"

    def _memory(self) -> Row:
        health = self._watch.health
        if not self._hello.free_sram:
            return Row("memory", "no chip, no stack", skipped=True)
        seen = f"{health.stack_free} bytes untouched" if health else "no health message"
        return Row("memory", seen, board.judge_memory(self._watch))

    def _line_seen(self) -> str:
        frames = f"{self._session.reader.counters.frames} frames"
        damage = board.line_damage(self._watch)
        why = f"; {FIRMWARE_16U2}" if board.is_behind_16u2(self._watch) else ""
        return f"{frames}, {damage}{why}" if damage else frames

    def _clock_seen(self) -> str:
        clock = board.clock_of(self._watch.rest)
        if clock is None:
            return "too few readings"
        return f"{100 * clock.faster:+.3f} %, give or take {100 * clock.standard_error:.3f}"
