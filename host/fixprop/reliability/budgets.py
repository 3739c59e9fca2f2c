"""What the firmware with all its protections takes: flash, SRAM, and cycles of a training step."""

from __future__ import annotations

from fixprop.bench import peers
from fixprop.bench.device import measure_network
from fixprop.bench.tasks import networks
from fixprop.firmware_build import FLASH_BUDGET_BYTES, SRAM_BUDGET_BYTES, build_firmware
from fixprop.reliability.claim import Claim, Report, silent

EPOCHS, QUICK_EPOCHS = 50, 2  # passes over the patterns


def budget_claims(*, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """budget_*: bytes of the sketch; the mean cycles of a step of each network of the peers."""
    build = build_firmware()
    flash, sram = build.flash_bytes, build.static_sram_bytes
    claims = {
        "budget_flash_bytes": Claim(flash, FLASH_BUDGET_BYTES, flash <= FLASH_BUDGET_BYTES),
        "budget_static_sram_bytes": Claim(sram, SRAM_BUDGET_BYTES, sram <= SRAM_BUDGET_BYTES),
    }
    tasks = networks()
    for number, task in enumerate(tasks):
        report("networks on the chip", number, len(tasks))
        sizes, bar = task.topology.sizes, peers.training_bar(task.topology.sizes)
        mean = measure_network(task, QUICK_EPOCHS if quick else EPOCHS).train.mean
        name = f"budget_step_cycles_{'_'.join(map(str, sizes))}"
        claims[name] = Claim(round(mean, 1), bar, mean <= bar)
    return claims
