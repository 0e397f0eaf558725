"""Readings that no ward can see: those who run the gateway say whose clinicians shall look."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from observations.actions.tray import TrayRefusedError, place
from observations.draining import drain
from observations.models import Alert, Gateway, UnclaimedReading
from tests.capacity.factories import make_beds, make_provider, make_ward
from tests.cast import person, with_role
from tests.observations.factories import make_gateway, make_key, post, reading

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def gateway() -> Gateway:
    """Of an organisation that runs no ward."""
    return make_gateway(make_provider("RX9", name="An ambulance service"), name="Vans")


@pytest.fixture
def waiting(gateway) -> list[UnclaimedReading]:
    make_ward()
    now = timezone.now()
    sent = [reading("VAN-1", kind, value, now) for kind, value in (("spo2", 84), ("pulse", 72))]
    assert post(make_key(gateway), sent).status_code == 202
    drain.drain_all()
    return list(UnclaimedReading.objects.order_by("pk"))


@pytest.fixture
def van_admin(db):
    user = person("vans", "fleet administrator")
    return with_role(user, "organisation_administrator", "provider", "RX9")


@pytest.fixture
def platform_admin(db):
    user = person("platform", "service administrator")
    return with_role(user, "organisation_administrator", "england", "")


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def strays(browser):
    return browser.get(reverse("observations:stray-list"))


def test_they_ring_nowhere_and_their_administrator_is_told(waiting, signed_in, van_admin):
    assert [row.ward for row in waiting] == [None, None]
    assert not Alert.objects.exists()
    browser = signed_in(van_admin)
    assert "2 readings that no ward can see" in text(
        browser.get(reverse("observations:gateway-list"))
    )
    page = text(strays(browser))
    assert "VAN-1" in page
    assert "2 readings by Spirit Health: Vans" in page
    assert "SpO2" not in page
    assert "No ward of these organisations is open." in page


def test_another_organisations_administrator_sees_nothing_of_them(waiting, signed_in, org_admin):
    browser = signed_in(org_admin)
    assert "No reading is out of sight" in text(strays(browser))
    address = reverse("observations:stray-place", args=[waiting[0].gateway_id])
    assert browser.post(address, {"rows": "1", "reason": "x"}).status_code == 404


def test_placed_they_lie_in_the_wards_tray_and_ring_there(waiting, signed_in, platform_admin):
    ward, browser = make_ward(), signed_in(platform_admin)
    rows = strays(browser).context["piles"][0].rows
    answer = browser.post(
        reverse("observations:stray-place", args=[waiting[0].gateway_id]),
        {"rows": rows, "ward": ward.pk, "reason": "They drive for this ward"},
        follow=True,
    )
    assert f"All 2 are in the tray of {ward.name} now." in text(answer)
    assert set(UnclaimedReading.objects.values_list("ward", flat=True)) == {ward.pk}
    alert = Alert.objects.get()
    assert (alert.ward, alert.subject, alert.triggers.count()) == (ward, "VAN-1", 1)


def test_a_ward_with_beds_of_the_organisation_may_look(waiting, gateway, van_admin):
    ward = make_ward()
    with pytest.raises(TrayRefusedError, match="does not work with"):
        place(readings=waiting, gateway=gateway, ward=ward, reason="x", by=van_admin)
    make_beds(ward, 1, provider=make_provider("RX9"))
    assert place(readings=waiting, gateway=gateway, ward=ward, reason="x", by=van_admin) == 2
    with pytest.raises(TrayRefusedError, match="meanwhile"):
        place(readings=waiting, gateway=gateway, ward=ward, reason="x", by=van_admin)


def test_nobody_else_places_them(waiting, gateway, ward_lead, org_admin):
    for somebody in (ward_lead, org_admin):
        with pytest.raises(PermissionDenied):
            place(readings=waiting, gateway=gateway, ward=make_ward(), reason="x", by=somebody)


@pytest.mark.parametrize(
    "typed", [{"rows": "junk"}, {"rows": ""}, {"ward": ""}, {"ward": "999999"}, {"reason": " "}]
)
def test_what_is_not_said_whole_places_nothing(waiting, signed_in, platform_admin, typed):
    told = {"rows": ",".join(str(row.pk) for row in waiting), "ward": make_ward().pk}
    answer = signed_in(platform_admin).post(
        reverse("observations:stray-place", args=[waiting[0].gateway_id]),
        told | {"reason": "Because"} | typed,
    )
    assert answer.status_code == 422
    assert UnclaimedReading.objects.strays().count() == 2
