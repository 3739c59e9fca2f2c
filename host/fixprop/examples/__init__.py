"""Worked examples of the literature, each on float64, the mirror, natively and on the simulated chip."""
