"""The settings as mypy's Django plugin reads them, on a machine where none are given."""

import os

os.environ.setdefault("DEBUG", "1")

from vwards.settings import *  # noqa: F403 — the environment must be set before
