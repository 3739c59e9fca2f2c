"""One virtual build to be tried: its network, its rate, its mounting, its seed; and their limits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from fixprop.activations import HIDDEN
from fixprop.errors import UsageError
from fixprop.formats import RATE
from fixprop.network import Topology
from fixprop.sim.optics import Mount
from fixprop.tracking.definition import TOPOLOGY, VALUES

Value = str | float


@dataclass(frozen=True)
class Parameter:
    """What may be varied; `low` and `high` are None where the value is a name."""

    name: str  # of the field of Point
    short: str  # of the option, and in tables
    text: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    logarithmic: bool = False

    @property
    def label(self) -> str:
        """For an axis."""
        return f"{self.text}, {self.unit}" if self.unit else self.text

    def check(self, value: float) -> None:
        """Raises UsageError outside the limits."""
        if self.low is not None and self.high is not None and not self.low <= value <= self.high:
            unit = f" {self.unit}" if self.unit else ""
            raise UsageError(f"{self.text} {value:g}{unit}: must be {self.low:g} to {self.high:g}")


PARAMETERS = {
    p.name: p
    for p in (
        Parameter("hidden", "hidden", "hidden neurons"),
        Parameter("activation", "activation", "activation of the hidden neurons"),
        Parameter(
            "rate", "rate", "first learning rate", "", RATE.unit, RATE.high * RATE.unit, True
        ),
        Parameter(
            "spread", "spread", "spread of the sensor units", "of the datasheet's limits", 0, 1
        ),
        Parameter("baseline_cm", "baseline", "baseline", "cm", 2, 40),
        Parameter("toe_in_deg", "toe-in", "toe-in of each sensor", "degrees", -20, 45),
        Parameter("beam_deg", "beam", "half angle of the beam", "degrees", 0.5, 15),
    )
}
"""All of Point but the seed, in the order in which they are shown."""

MAX_HIDDEN_LAYERS = 3


@dataclass(frozen=True)
class Point:
    """Parameters of one run; the defaults are the tracker's own."""

    hidden: str = "-".join(map(str, TOPOLOGY.sizes[1:-1]))  # "8", or "8-6" for two layers
    activation: str = TOPOLOGY.activations[0]
    rate: float = VALUES["RATE_START"] * RATE.unit
    spread: float = 1.0
    baseline_cm: float = Mount.baseline_cm
    toe_in_deg: float = Mount.toe_in_deg
    beam_deg: float = Mount.half_angle_deg
    seed: int = 1

    def __post_init__(self) -> None:
        for parameter in PARAMETERS.values():
            value = getattr(self, parameter.name)
            if not isinstance(value, str):
                parameter.check(value)
        if self.activation not in HIDDEN:
            raise UsageError(f"activation '{self.activation}': choose one of {', '.join(HIDDEN)}")
        self.topology()

    def topology(self) -> Topology:
        """The network, between the tracker's inputs and outputs."""
        layers = self.hidden.split("-")
        if not all(layer.isdecimal() for layer in layers):
            raise UsageError(
                f"hidden neurons '{self.hidden}': must be like 8, or 8-6 for two layers"
            )
        if len(layers) > MAX_HIDDEN_LAYERS:
            raise UsageError(f"{len(layers)} hidden layers: at most {MAX_HIDDEN_LAYERS}")
        sizes = TOPOLOGY.sizes[0], *map(int, layers), TOPOLOGY.sizes[-1]
        return Topology(sizes, (*[self.activation] * len(layers), TOPOLOGY.activations[-1]))

    def mount(self) -> Mount:
        """How the sensors are mounted, and how wide their beams are."""
        return Mount(self.baseline_cm, self.toe_in_deg, self.beam_deg)

    def as_json(self) -> dict[str, Any]:
        """By name; numbers as they compare equal, whether given as 5 or 5.0."""
        numbers = {n: float(getattr(self, n)) for n, p in PARAMETERS.items() if p.low is not None}
        return {"hidden": self.hidden, "activation": self.activation, **numbers, "seed": self.seed}

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits that stand for all parameters."""
        text = json.dumps(self.as_json(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
