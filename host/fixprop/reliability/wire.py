"""All that is claimed of the wire, for out/reliability.json."""

from __future__ import annotations

from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.wire_commands import SENT, command_claims
from fixprop.reliability.wire_ends import TRIED, end_claims
from fixprop.reliability.wire_noise import REACHED, noise_claims
from fixprop.reliability.wire_noise_host import HOST_DAMAGED, host_noise_claims
from fixprop.reliability.wire_overrun import overrun_claims

SHORT = 100  # a quick look takes this fraction of each figure


def wire_claims(*, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """Each claim's figure, bar and whether it holds, but for the fuzzing, a group of its own."""
    part = SHORT if quick else 1
    return {
        **noise_claims(REACHED // part, report=report),
        **host_noise_claims(HOST_DAMAGED // part, report=report),
        **command_claims(max(SENT // part, 1000), report=report),
        **overrun_claims(),
        **end_claims(max(TRIED // part, 100), report=report),
    }
