"""The demo's report: one page that needs nothing but itself."""

from fixprop.tracking.report.page import render_report

__all__ = ["render_report"]
