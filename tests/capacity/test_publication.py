"""An ICB's frozen Thursdays with what was corrected since, and the table that may be published."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from capacity.actions.figures import refresh
from capacity.actions.stays import end_spell
from capacity.actions.thursdays import freeze
from capacity.models import DailyBeds, FrozenPatients
from lib import london
from tests.capacity.factories import make_beds, make_provider, make_stay, make_ward

THURSDAY = dt.date(2026, 3, 26)
EIGHT = london.count_instant(THURSDAY)
NINE = EIGHT + dt.timedelta(hours=1)
# By pathway, at RT5 and at RWE.
COUNTS = {"frailty": (12, 3), "copd": (9, 20), "heart-failure": (2, 0)}


@pytest.fixture
def two_providers(db):
    rwe = make_provider("RWE", name="University Hospitals of Leicester NHS Trust", kind="acute")
    for code, provider, column in (("RT5-soar-valley", None, 0), ("RWE-heart", rwe, 1)):
        ward = make_ward(code, name=code, provider=provider, opens=THURSDAY - dt.timedelta(days=2))
        many = sum(counts[column] for counts in COUNTS.values())
        beds = iter(make_beds(ward, many, starts=EIGHT - dt.timedelta(days=1)))
        for pathway, counts in COUNTS.items():
            for _ in range(counts[column]):
                make_stay(ward, next(beds), at=EIGHT - dt.timedelta(hours=1), pathway=pathway)
    refresh(at=NINE)
    freeze(at=NINE)


def get(client, name, *args):
    return client.get(reverse(f"capacity:{name}", args=args))


def test_a_frozen_thursday_stands_beside_what_was_corrected_since(
    two_providers, icb_manager, signed_in
):
    client = signed_in(icb_manager)
    [shown] = get(client, "thursday-list", "QK1").context["mornings"]
    assert (shown.morning.then.beds, shown.morning.then.patients) == (46, 46)
    assert shown.corrected == "none"
    ward = make_ward("RT5-soar-valley")
    late = make_stay(ward, None, no_bed_reason="agreed", at=EIGHT - dt.timedelta(hours=2))
    refresh(days=[THURSDAY], at=NINE)
    [shown] = get(client, "thursday-list", "QK1").context["mornings"]
    assert (shown.morning.then.patients, shown.corrected) == (46, "beds none, patients +1")
    end_spell(spell=late.spell, destination="entered_in_error", by=None, at=NINE)
    refresh(days=[THURSDAY], at=NINE)
    [shown] = get(client, "thursday-list", "QK1").context["mornings"]
    assert shown.corrected == "none"
    DailyBeds.objects.all().delete()
    [shown] = get(client, "thursday-list", "QK1").context["mornings"]
    assert shown.corrected == "not known"


def test_what_is_published_shows_no_small_count_and_no_exact_one(
    two_providers, icb_manager, signed_in
):
    client = signed_in(icb_manager)
    shown = get(client, "thursday-detail", "QK1", THURSDAY).context["shown"]
    values = {value for _, row in shown.rows for value in row} - {"–"}
    assert all(int(value) % 5 == 0 for value in values)
    told = dict(shown.rows)
    assert told["Heart failure"][0] == "–"
    assert told["Frailty"][1] == "–"
    assert told["All pathways"][-1] == "45"  # of 46


def test_csv_workbook_and_page_are_the_same_table(two_providers, icb_manager, signed_in):
    client = signed_in(icb_manager)
    shown = get(client, "thursday-detail", "QK1", THURSDAY).context["shown"]
    body = b"".join(get(client, "publication-csv", "QK1", THURSDAY).streaming_content).decode()
    rows = list(csv.reader(io.StringIO(body.removeprefix("\ufeff"))))
    assert [tuple(row) for row in rows[1:5]] == [(name, *values) for name, values in shown.rows]
    assert rows[0] == ["Patients at 08:00", *shown.columns]
    kept = get(client, "publication-xlsx", "QK1", THURSDAY).content
    sheet = load_workbook(io.BytesIO(kept))["For publication"]
    assert [str(cell) for cell in list(sheet.values)[1][:4]] == rows[1]


def test_a_correction_changes_nothing_that_was_published(two_providers, icb_manager, signed_in):
    client = signed_in(icb_manager)
    before = get(client, "thursday-detail", "QK1", THURSDAY).context["shown"].rows
    stay = make_ward("RT5-soar-valley").stays.earliest("pk")
    end_spell(spell=stay.spell, destination="entered_in_error", by=None, at=NINE)
    refresh(days=[THURSDAY], at=NINE)
    assert get(client, "thursday-detail", "QK1", THURSDAY).context["shown"].rows == before
    assert sum(row.patients for row in FrozenPatients.objects.all()) == 46


@pytest.mark.parametrize("day", ["2026-03-27", "2026-04-02"])
def test_a_day_that_is_not_frozen_is_not_found(two_providers, icb_manager, signed_in, day):
    address = f"/capacity/icbs/QK1/thursdays/{day}/"
    assert signed_in(icb_manager).get(address).status_code == 404


@pytest.mark.parametrize("day", ["2026-02-30", "26-03-2026", "today"])
def test_what_is_no_day_is_no_address(two_providers, icb_manager, signed_in, day):
    address = f"/capacity/icbs/QK1/thursdays/{day}/"
    assert signed_in(icb_manager).get(address).status_code == 404


def test_an_icb_out_of_reach_is_not_found(two_providers, icb_manager, signed_in):
    assert get(signed_in(icb_manager), "thursday-list", "QF7").status_code == 404


def test_the_figures_lead_to_thursdays_and_to_returns(two_providers, icb_manager, signed_in):
    client = signed_in(icb_manager)
    for name, code in (("icb-detail", "QK1"), ("ward-detail", "RT5-soar-valley")):
        body = get(client, name, code).content.decode()
        assert reverse("capacity:thursday-list", args=["QK1"]) in body
        assert reverse("capacity:return-list") in body
    assert reverse("capacity:return-list") in get(client, "provider-detail", "RT5").content.decode()


def test_who_sees_no_returns_is_led_to_none(two_providers, ward_nurse, signed_in):
    body = get(signed_in(ward_nurse), "ward-detail", "RT5-soar-valley").content.decode()
    assert reverse("capacity:thursday-list", args=["QK1"]) in body
    assert reverse("capacity:return-list") not in body
