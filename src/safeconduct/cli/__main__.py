"""``python -m safeconduct.cli``: the command without the console script."""

from safeconduct.cli.main import run

run()
