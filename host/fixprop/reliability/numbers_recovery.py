"""What lessons alone make of weights that went wrong, without reset_weights: bearing errors.

No promise, a figure: natively, in the simulated scene, with the demo's lesson and motion.
"""

from __future__ import annotations

import sys
from random import Random
from statistics import median

import click

from fixprop.board.native import NativeBoard
from fixprop.cli import run
from fixprop.formats import ACTIVATION
from fixprop.reliability.numbers_undo import KINDS, pushes_of, weights_of
from fixprop.session import Session
from fixprop.sim.paths import Follow, Still
from fixprop.sim.paths import Track as TrackPath
from fixprop.sim.scene import World
from fixprop.sim.sensors import draw_units
from fixprop.tracking.definition import READING_PERIOD_S
from fixprop.tracking.demo import HAND_REST_S, TEACH_S, TRACK_LEAD_S, TRACK_S
from fixprop.tracking.evaluation import bearing_rmse_deg, track_of
from fixprop.wire.codec import Frame
from fixprop.wire.records import Learn, Mark, Reading, ResetWeights, Teach

SEEDS = 5
LABELS_S = 60.0
STARTS = ("fresh", *KINDS, "labels")  # `labels`: trained on a minute of marks that say nothing


class _Lesson:
    """A person, a board and its session."""

    def __init__(self, seed: int) -> None:
        self.seed, self.world = seed, World(seed, Still(), units=draw_units(seed))
        self.board = NativeBoard(self.world)
        self.session, self.readings = Session(self.board), list[Reading]()
        self.session.listeners.append(self._hear)
        self.session.open()
        self.session.command(ResetWeights(seed))

    def _hear(self, frame: Frame) -> None:
        if isinstance(frame.message, Reading):
            self.readings.append(frame.message)

    def begin(self, start: str) -> None:
        """Weights as `start` says, or what marks at random have made of them."""
        random = Random(self.seed)
        self.session.command(Learn(int(start == "labels")))
        if start in KINDS:
            for push in pushes_of(weights_of(start, random)):
                self.session.command(push)
        if start == "labels":
            self.world.use(TrackPath(self.seed + 1), self.board.time_s())
            for _ in range(round(LABELS_S / READING_PERIOD_S)):
                self.session.run(READING_PERIOD_S)
                self.session.command(
                    Mark(random.randint(ACTIVATION.low // 2, -ACTIVATION.low // 2), 1)
                )

    def teach(self) -> None:
        """One lesson by the pointer."""
        start_s = self.board.time_s()
        self.session.command(Teach(TEACH_S))
        self.world.use(Follow(self.seed, rest_s=HAND_REST_S), start_s)
        self.session.run(TEACH_S)

    def error_deg(self) -> float:
        """RMSE of the bearing on motion that it has not seen."""
        self.session.command(Learn(0))
        self.world.use(TrackPath(self.seed), self.board.time_s())
        self.session.run(TRACK_LEAD_S)
        self.readings.clear()
        self.session.run(TRACK_S)
        track = track_of(self.readings, 0.0, self.world)
        return bearing_rmse_deg(track.bearing_deg, track)


def recovered_deg(start: str, seed: int, lessons: int = 1) -> float:
    """The bearing's RMSE, degrees, after so many lessons from one of STARTS."""
    made = _Lesson(seed)
    made.begin(start)
    for _ in range(lessons):
        made.teach()
    return made.error_deg()


@click.command()
@click.argument("seeds", type=click.IntRange(1), default=SEEDS)
def main(seeds: int) -> None:
    """Print the medians of that many SEEDS, 5 if none is given; some minutes.

    \b
    Example:  python -m fixprop.reliability.numbers_recovery
    """
    for start in STARTS:
        errors = [
            median(recovered_deg(start, seed, lessons) for seed in range(seeds))
            for lessons in (1, 3)
        ]
        print(f"{start}: {errors[0]:.1f} deg after 1 lesson, {errors[1]:.1f} after 3", flush=True)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "python -m fixprop.reliability.numbers_recovery"))
