"""docs/operations.md says of every table how long its rows are kept, and who removes them."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from observations.draining import receipts
from observations.models import Receipt
from tests.observations.conftest import NOW
from tests.observations.factories import reading

MINUTE = dt.timedelta(minutes=1)
OPERATIONS = Path(settings.BASE_DIR) / "docs" / "operations.md"
TABLES = sorted(m._meta.db_table for m in apps.get_app_config("observations").get_models())


def kept() -> set[str]:
    """What the first cells of its table name."""
    section = OPERATIONS.read_text().split("## What is kept", 1)[1].split("\n## ", 1)[0]
    rows = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_says_how_long_it_is_kept(table):
    assert table in kept()


def test_no_table_is_named_that_does_not_exist():
    assert kept() <= {model._meta.db_table for model in apps.get_models()}


def test_old_receipts_go_some_at_a_time_and_all_of_them(send, hub, monkeypatch):
    monkeypatch.setattr(receipts, "_AT_ONCE", 2)
    for n in range(5):
        send([reading(hub, "pulse", 70, NOW - n * MINUTE)], at=NOW - n * MINUTE)
    assert receipts.drop(before=NOW - MINUTE) == 3
    assert sorted(Receipt.objects.values_list("received_at", flat=True)) == [NOW - MINUTE, NOW]
