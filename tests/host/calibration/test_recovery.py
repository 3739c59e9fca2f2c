"""A walk through all steps finds the hidden constants of simulated sensors, as well as noise lets it."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board.native import NativeBoard
from fixprop.board.simulated import SimulatedBoard
from fixprop.calibration.board import read_constants, store_constants
from fixprop.calibration.constants import SensorConstants
from fixprop.calibration.measure import READINGS
from fixprop.calibration.scripted import ScriptedHolder, world_with_card
from fixprop.calibration.steps import EMPTY, all_steps
from fixprop.calibration.walk import Outcome, walk
from fixprop.errors import FixpropError, UsageError
from fixprop.firmware_build import build_firmware
from fixprop.session import Session
from fixprop.sim.optics import Mount
from fixprop.sim.paths import Still
from fixprop.sim.person import CARD
from fixprop.sim.scene import World
from fixprop.sim.sensors import SensorUnit
from fixprop.sim.supply import Supply
from fixprop.wire.records import GetHello, Reading, SetPointer, Teach
from tests.host.calibration.recovery import CROSSTALK_NOISE_MV, check_curve, low_mv

SEEDS = range(1, 9)
UNIX_S = 1_800_000_000


def calibrated(world: World, placed_cm: float = 0.0) -> tuple[Outcome, Session, ScriptedHolder]:
    board = NativeBoard(world)
    session = Session(board)
    session.open()
    holder = ScriptedHolder(world, board, placed_cm)
    outcome = walk(session, holder, lambda *_: None, unix_s=UNIX_S)
    return outcome, session, holder


@pytest.mark.parametrize("seed", SEEDS)
def test_gain_and_offset_are_the_hidden_ones(seed: int) -> None:
    world = world_with_card(seed)
    outcome, _, holder = calibrated(world)
    assert outcome.remarks == []
    assert all(why == "" for _, why in holder.held)
    assert low_mv() == pytest.approx(27, abs=3)
    for side, (fit, unit) in enumerate(zip(outcome.fits, world.units, strict=True)):
        check_curve(fit.constants, side, unit.gain, unit.offset_mv)


def test_beams_and_crosstalk_are_the_hidden_ones() -> None:
    beams: dict[float, list[float]] = {2.6: [], 3.5: [], 4.2: []}
    for beam_deg, found in beams.items():
        for seed in SEEDS:
            mount = Mount(half_angle_deg=beam_deg)
            world = World(seed, Still(), hand=CARD, mount=mount, crosstalk_mv=(0.0, 40.0))
            outcome, _, _ = calibrated(world)
            left, right = (fit.constants for fit in outcome.fits)
            assert left.beam_deg is not None and right.beam_deg is not None
            found += [left.beam_deg]
            assert left.crosstalk_mv == pytest.approx(0, abs=CROSSTALK_NOISE_MV)
            assert right.crosstalk_mv == pytest.approx(40, abs=CROSSTALK_NOISE_MV)
        assert np.mean(found) == pytest.approx(beam_deg, abs=0.25)
        assert np.std(found) < 0.3


def test_a_card_held_two_millimetres_off_costs_no_more_than_is_said() -> None:
    sigmas = []
    for seed in SEEDS:
        world = world_with_card(seed)
        outcome, _, _ = calibrated(world, placed_cm=0.2)
        for fit, unit in zip(outcome.fits, world.units, strict=True):
            sigmas += [(fit.constants.gain - unit.gain) / fit.gain_error]
            assert (
                abs(fit.constants.offset_mv - unit.offset_mv + low_mv()) < 3 * fit.offset_error_mv
            )
    assert max(map(abs, sigmas)) < 3


def test_centimetres_are_right_after_it_and_were_not_before() -> None:
    """Rms over seeds, sensors and 12 to 40 cm, of the mean of a second's readings."""
    errors: dict[str, list[float]] = {"datasheet": [], "calibrated": []}
    for seed in SEEDS:
        world = world_with_card(seed)
        outcome, session, _ = calibrated(world)
        for distance in (12.0, 25.0, 35.0):
            world.use(Still(0.0, distance), session.port.time_s())
            session.run(0.2)
            came: list[Reading] = []
            session.listeners.append(
                lambda f, came=came: (
                    came.append(f.message) if isinstance(f.message, Reading) else None
                )  # type: ignore[misc]
            )
            session.run(1.0)
            session.listeners.pop()
            for side, name in enumerate(("left", "right")):
                mean = np.mean([getattr(r, name) for r in came])
                for kind, constants in (
                    ("datasheet", SensorConstants()),
                    ("calibrated", outcome.fits[side].constants),
                ):
                    errors[kind].append(float(constants.range_cm(mean)) - distance)
    rms = {kind: float(np.sqrt(np.mean(np.square(e)))) for kind, e in errors.items()}
    print(
        f"rms error of a calibrated sensor {rms['calibrated']:.2f} cm, before {rms['datasheet']:.2f}"
    )
    assert rms["calibrated"] < 0.6  # 4 mV of the mean at 35 cm are 0.2 cm
    assert rms["datasheet"] > 5 * rms["calibrated"]


def test_the_simulated_uno_keeps_them_and_tells_them_after_a_power_cut() -> None:
    world = world_with_card(3)
    board = SimulatedBoard(build_firmware().elf, world)
    session = Session(board)
    session.open()
    outcome = walk(session, ScriptedHolder(world, board), lambda *_: None, unix_s=UNIX_S)
    store_constants(session, outcome.constants)
    again = Session(SimulatedBoard(build_firmware().elf, World(3), eeprom=board.uno.eeprom))
    again.open()
    kept = read_constants(again)
    assert kept.message() == outcome.constants.message()
    stored = outcome.constants
    for ours, told in ((stored.left, kept.left), (stored.right, kept.right)):
        assert told.gain == pytest.approx(ours.gain, abs=2**-15)
        assert told.offset_mv == pytest.approx(ours.offset_mv, abs=0.05)


def test_a_multimeter_calibrates_the_boards_own_measurement() -> None:
    world = World(2, Still(), hand=CARD, supply=Supply(idle_mv=4900, bandgap_mv=1060))
    board = NativeBoard(world)
    session = Session(board)
    session.open()
    outcome = walk(
        session, ScriptedHolder(world, board), lambda *_: None, unix_s=UNIX_S, true_supply_mv=4900
    )
    assert outcome.constants.bandgap_mv == pytest.approx(1060, abs=4)  # half of 221 counts
    unit = world.units[0]
    assert outcome.fits[0].constants.gain == pytest.approx(unit.gain, abs=0.02)
    store_constants(session, outcome.constants)
    came: list[int] = []
    session.listeners.append(
        lambda f: came.append(f.message.supply_mv) if isinstance(f.message, Reading) else None
    )
    session.run(0.3)
    assert came[-1] == pytest.approx(4900, abs=15)


def test_a_multimeter_that_cannot_be_right_is_refused_before_the_card_is_held_again() -> None:
    world = world_with_card(1)
    board = NativeBoard(world)
    session = Session(board)
    session.open()
    holder = ScriptedHolder(world, board)
    with pytest.raises(UsageError, match=r"bandgap would be 12\d\d mV"):
        walk(session, holder, lambda *_: None, unix_s=1, true_supply_mv=5700)
    assert len(holder.held) == 1


def test_the_pointer_is_held_meanwhile_and_let_go_and_a_lesson_is_not_disturbed() -> None:
    world = world_with_card(1)
    board = NativeBoard(world)
    session = Session(board)
    session.open()
    sent: list[object] = []
    session.on_sent.append(lambda _, command: sent.append(command))
    walk(session, ScriptedHolder(world, board), lambda *_: None, unix_s=1)
    pointers = [c.pointer_us for c in sent if isinstance(c, SetPointer)]
    assert set(pointers[:-1]) == {1450} and pointers[-1] == 0
    session.command(Teach(60))
    with pytest.raises(FixpropError, match="a lesson goes on"):
        walk(session, ScriptedHolder(world, board), lambda *_: None, unix_s=1)
    assert GetHello() in sent


class Clumsy(ScriptedHolder):
    """Holds the card at another place than told, so many times."""

    def __init__(self, world: World, board: NativeBoard, step: str, times: int) -> None:
        super().__init__(world, board)
        self._step, self._times = step, times

    def hold(self, step, why):  # type: ignore[no-untyped-def]
        super().hold(step, why)
        if step.name == self._step and self._times:
            self._times -= 1
            self._world.use(Still(0.0, step.range_cm * 1.25), self._port.time_s())


def test_a_distance_that_does_not_fit_is_asked_for_again_and_told_if_it_stays() -> None:
    for times, remarks in ((1, 0), (99, 1)):
        world = world_with_card(4)
        board = NativeBoard(world)
        session = Session(board)
        session.open()
        holder = Clumsy(world, board, "card 20 cm", times)
        outcome = walk(session, holder, lambda *_: None, unix_s=1)
        again = [(name, why) for name, why in holder.held if why]
        assert again[0][0] == "card 20 cm" and "measure the distance again" in again[0][1]
        assert bool([r for r in outcome.remarks if "card 20 cm" in r]) == bool(remarks)


class Lingerer(ScriptedHolder):
    """Leaves the card at `near_cm` when it should be away, so many times."""

    near_cm, times = 6.5, 1

    def hold(self, step, why):  # type: ignore[no-untyped-def]
        super().hold(step, why)
        if step is EMPTY and self.times:
            self.times -= 1
            self._world.use(Still(0.0, self.near_cm), self._port.time_s())


def lingered(near_cm: float, times: int, offset_mv: float = 0.0) -> tuple[Outcome, Lingerer]:
    unit = SensorUnit(1.0, offset_mv)
    world = world_with_card(4, (unit, unit))
    board = NativeBoard(world)
    session = Session(board)
    session.open()
    holder = Lingerer(world, board)
    holder.near_cm, holder.times = near_cm, times
    return walk(session, holder, lambda *_: None, unix_s=1), holder


def test_a_card_left_near_is_not_taken_for_nothing() -> None:
    outcome, holder = lingered(6.5, 1)
    assert [name for name, _ in holder.held[:3]] == [EMPTY.name, EMPTY.name, "card 10 cm"]
    assert "within a metre" in holder.held[1][1]
    assert outcome.remarks == []
    for fit in outcome.fits:
        assert fit.constants.beam_deg == pytest.approx(3.5, abs=0.9)
    with pytest.raises(FixpropError, match=r"empty: .* take it away; given up after 3 attempts"):
        lingered(6.5, 3)


def test_what_any_unit_might_be_is_judged_by_its_own_curve() -> None:
    """At 60 cm an insensitive unit puts out less than others at a metre."""
    outcome, holder = lingered(60.0, 1, offset_mv=-150.0)
    again = [(name, why) for name, why in holder.held if why]
    assert [name for name, _ in again] == [EMPTY.name]
    assert "by its own curve something stood" in again[0][1]
    assert outcome.remarks == []
    outcome, _ = lingered(60.0, 99, offset_mv=-150.0)
    assert len(outcome.remarks) == 2
    assert all("nothing may be nearer than a metre" in remark for remark in outcome.remarks)


class Restless(ScriptedHolder):
    """Moves the card while it is measured, so many times."""

    times = 1

    def hold(self, step, why):  # type: ignore[no-untyped-def]
        super().hold(step, why)
        if step.name == "card 15 cm" and self.times:
            self.times -= 1
            self._world.use(Still(0.0, 13.0), self._port.time_s() + 1.2)


@pytest.mark.parametrize("times", [1, 3])
def test_a_card_that_moved_is_measured_again_three_times_at_most(times: int) -> None:
    world = world_with_card(4)
    board = NativeBoard(world)
    session = Session(board)
    session.open()
    holder = Restless(world, board)
    holder.times = times
    if times == 3:
        with pytest.raises(FixpropError, match=r"card 15 cm: .* hold the card still; given up"):
            walk(session, holder, lambda *_: None, unix_s=1)
        return
    outcome = walk(session, holder, lambda *_: None, unix_s=1)
    assert [name for name, why in holder.held if "hold the card still" in why] == ["card 15 cm"]
    assert outcome.remarks == []


def test_each_reading_that_counts_is_told_once() -> None:
    board = NativeBoard(world := world_with_card(1))
    session = Session(board)
    session.open()
    told: dict[str, list[int]] = {}
    walk(
        session,
        ScriptedHolder(world, board),
        lambda step, count, _: told.setdefault(step.name, []).append(count),
        unix_s=1,
    )
    assert list(told) == [step.name for step in all_steps()]
    assert all(counts == list(range(1, READINGS + 1)) for counts in told.values())


def test_units_at_the_datasheets_limits_are_found_too() -> None:
    limits = SensorUnit(1 + 0.25 / 1.90, 150.0), SensorUnit(1 - 0.25 / 1.90, -150.0)
    outcome, _, _ = calibrated(world_with_card(1, limits))
    for fit, unit in zip(outcome.fits, limits, strict=True):
        assert fit.constants.gain == pytest.approx(unit.gain, abs=0.01)
        assert fit.constants.offset_mv == pytest.approx(unit.offset_mv - low_mv(), abs=10)
