"""How many training steps the chip finds time for between two readings."""

from __future__ import annotations

from fixprop.bench.floor import training_floor
from fixprop.network import Topology
from fixprop.sim.uno import CLOCK_HZ
from fixprop.tracking.definition import READING_PERIOD_S

# Steps of 4-H-3 (H = 4 to 16) and 4-8-6-3 on the simulated Uno against the counted floor: a straight
# line, no more than 240 cycles off. The tracker's own 4-8-3 takes 840 more, to draw a sample and
# show it to the network; of its time the demo spends 97.5 % on steps.
CYCLES_PER_FLOOR, CYCLES_A_STEP = 1.035, 490 + 840
SHARE_OF_TIME = 0.975


def steps_per_reading(topology: Topology) -> float:
    """Mean number of training steps; a tanh or sigmoid network."""
    cycles = CYCLES_A_STEP + CYCLES_PER_FLOOR * training_floor(topology.sizes)
    return SHARE_OF_TIME * READING_PERIOD_S * CLOCK_HZ / cycles
