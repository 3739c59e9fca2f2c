"""The same training in every place the arithmetic runs: mirror, native, board; every bit compared."""
