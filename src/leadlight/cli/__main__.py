"""`python -m leadlight.cli`: how `serve` starts its children."""

from leadlight.cli import main

main()
