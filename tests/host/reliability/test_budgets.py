"""The protections are paid for: flash, SRAM and cycles keep to their budgets, and too much is told."""

from __future__ import annotations

import pytest

from fixprop.bench import peers
from fixprop.reliability import budgets
from fixprop.reliability.budgets import budget_claims


def test_the_firmware_keeps_to_its_budgets() -> None:
    claims = budget_claims(quick=True)
    assert {name for name, claim in claims.items() if not claim.holds} == set()
    assert len(claims) == 2 + 6


def test_a_firmware_that_is_too_large_or_a_step_too_slow_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "FLASH_BUDGET_BYTES", 16_000)
    monkeypatch.setattr(budgets, "SRAM_BUDGET_BYTES", 1_500)
    monkeypatch.setattr(peers, "training_bar", lambda sizes: 2_000)
    assert not any(claim.holds for claim in budget_claims(quick=True).values())
