"""A returns officer's pages by eye of axe, and a return signed and reopened without JavaScript."""

import datetime as dt
from itertools import islice
from typing import Literal

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from capacity.actions.beds import close_bed
from capacity.actions.sitreps import prepare_sitrep, sign_sitrep
from capacity.actions.stays import end_spell
from capacity.actions.thursdays import freeze
from capacity.models import SitRep, Thursday
from capacity.sitrep import thursdays_until
from lib import london
from patients.actions.minimum import prepare_data_set
from tests.capacity.factories import make_stay
from tests.journeys.conftest import Browse, Place
from tests.journeys.test_every_page import Looks, _as_seen, _look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def returned(place: Place, returns_officer: User) -> tuple[SitRep, SitRep]:
    """A draft that a correction has overtaken, and a signed return of the fortnight before."""
    now = timezone.now()
    yesterday = london.day_of(now) - dt.timedelta(days=1)
    days = list(islice(thursdays_until(yesterday, friday=settings.SITREP_FRIDAY), 2))
    beds = list(place.ward.beds.order_by("pk"))
    since = london.count_instant(days[1]) - dt.timedelta(days=1)
    late = make_stay(place.ward, None, no_bed_reason="agreed", at=since, pathway="copd")
    close_bed(bed=beds[-1], reason="no_kit", by=None, at=since)
    freeze(at=now)
    provider = place.ward.lead_provider
    draft, earlier = (
        prepare_sitrep(provider=provider, counted_on=day, by=returns_officer, at=now)
        for day in days
    )
    signed = sign_sitrep(sitrep=earlier, seen=earlier.prepared_at, by=returns_officer)
    end_spell(spell=late.spell, destination="entered_in_error", by=None, at=now)
    prepare_data_set(provider=provider, day=yesterday, by=returns_officer, at=now)
    return draft, signed


@Looks
def test_every_page_of_returns_reads_well_and_fits(
    place: Place,
    returned: tuple[SitRep, SitRep],
    people: Browse,
    watched,
    returns_officer: User,
    live_server,
    width: int,
    theme: Literal["dark", "light"],
):
    draft, signed = returned
    data_set = draft.provider.data_sets.get()
    addresses = [
        reverse("capacity:return-list"),
        reverse("capacity:return-detail", args=[draft.pk]),
        reverse("capacity:return-detail", args=[signed.pk]),
        reverse("capacity:thursday-list", args=["QK1"]),
        reverse("capacity:thursday-detail", args=["QK1", Thursday.objects.latest("day").day]),
        reverse("patients:dataset-list"),
        reverse("patients:dataset-detail", args=[data_set.pk]),
    ]
    page = _as_seen(watched(people(returns_officer)), width, theme)
    faults = [
        fault for address in addresses for fault in _look(page, live_server.url + address, width)
    ]
    assert faults == []


def test_a_return_is_signed_and_reopened_by_hand(
    returned: tuple[SitRep, SitRep], people: Browse, returns_officer: User, live_server
):
    page = people(returns_officer)
    page.goto(live_server.url + reverse("capacity:return-list"))
    page.get_by_role("link", name="Leicestershire Partnership").first.click()
    assert page.get_by_text("Since corrected: beds none, patients −1.").is_visible()
    page.get_by_role("button", name="Prepare again").click()
    page.get_by_role("button", name="Sign off").click()
    assert page.get_by_text("Signed.", exact=True).is_visible()
    page.get_by_role("button", name="Reopen").click()
    assert page.get_by_text("Say why it is reopened.").first.is_visible()
    page.get_by_label("Why it is reopened").fill("two discharges were entered late")
    page.get_by_role("button", name="Reopen").click()
    assert page.get_by_text("two discharges were entered late").is_visible()
    assert page.get_by_text("Version 2: draft").first.is_visible()
