"""Many virtual builds of the tracker: which mounting, network and rate tracks best."""
