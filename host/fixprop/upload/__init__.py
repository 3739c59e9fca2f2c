"""Flashing: the firmware's image into a board's flash, through its boot loader and nothing else."""

from fixprop.upload.flash import Flashed, Plan, plan_upload, upload

__all__ = ["Flashed", "Plan", "plan_upload", "upload"]
