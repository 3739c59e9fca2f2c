"""The errors a user may see: one line each that names the thing, the value, the limit, the next step."""


class FixpropError(Exception):
    """Something failed; the command line prints the message and ends with exit status 1."""

    exit_status = 1


class UsageError(FixpropError):
    """The caller asked for something that cannot be; exit status 2."""

    exit_status = 2


class MissingTool(FixpropError):
    """A program or library this needs is not installed; the message says how to get it."""
