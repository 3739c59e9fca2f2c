"""Training on somebody's data, in fixed point as a board does it, with float64 beside it."""
