"""`python -m fixprop` is `fixprop`."""

from fixprop.cli import main

main()
