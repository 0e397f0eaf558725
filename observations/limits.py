"""Sizes and windows that senders must know; `GET /api/v1/limits/` states them."""

from datetime import timedelta
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
AHEAD: Final = timedelta(minutes=5)
FRESH: Final = timedelta(minutes=15)
RECEIPTS_KEPT: Final = timedelta(days=30)
MOST_VITALS: Final = timedelta(days=366)
