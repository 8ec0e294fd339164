"""The composition root: settings, wiring of the rooms, publishing, evaluation and the command line."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("motcua")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0"
