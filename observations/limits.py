"""Sizes and windows that senders must know; `GET /api/v1/limits/` states them."""

from datetime import UTC, datetime, timedelta
from typing import Final

MAX_BODY: Final = 1024 * 1024
MAX_READINGS: Final = 1000
MAX_ID: Final = 100
MAX_PATIENT: Final = 64
MAX_REPORTED_BY: Final = 120
MAX_COMMENT: Final = 2000
MAX_DEVICES: Final = 1000
MAX_FIRMWARE: Final = 60
ACCEPT_WINDOW: Final = timedelta(days=35)
# Time itself begins in year 1, and a day before that cannot be said.
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(minutes=5)
FRESH: Final = timedelta(minutes=15)
RECEIPTS_KEPT: Final = timedelta(days=30)
# What was taken back before it came: as long as it may come, by any clock that is reckoned with.
RETRACTIONS_KEPT: Final = ACCEPT_WINDOW + timedelta(days=2)
MOST_VITALS: Final = timedelta(days=366)
# An answer is never paged, and must fit into memory: a kind a minute fills ten weeks.
MOST_READINGS: Final = 100_000
