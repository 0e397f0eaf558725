"""Staffed beds: told by the lead, dated, beside the commissioned and never in their place."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from capacity.actions.beds import reallocate_bed
from capacity.actions.staffed import tell_staffed
from capacity.models import StaffedBeds
from capacity.reports.staffed import told_of
from lib import london
from tests.capacity.factories import make_beds, make_icb, make_provider, make_stay, make_ward

TODAY = london.day_of(timezone.now())
DAY = dt.timedelta(days=1)


def tell(ward, number, starts=TODAY, by=None):
    return tell_staffed(ward=ward, number=number, starts=starts, by=by)


def told(ward, day=TODAY):
    found = told_of([ward.pk], timezone.now(), day).get(ward.pk)
    return found and found.number


def shown(client, name, *args):
    return client.get(reverse(name, args=args)).context["shown"]


def test_each_holds_until_the_next_and_before_the_first_nothing_is_told(ward, beds):
    tell(ward, 2, TODAY - 10 * DAY)
    tell(ward, 3, TODAY + 5 * DAY)
    days = (TODAY - 11 * DAY, TODAY - 10 * DAY, TODAY, TODAY + 5 * DAY)
    assert [told(ward, day) for day in days] == [None, 2, 2, 3]


def test_not_told_is_no_zero_and_nought_is_told(ward, beds, icb_manager, signed_in):
    client = signed_in(icb_manager)
    assert shown(client, "capacity:ward-detail", ward.code).staffed_words == (
        "Nobody has told how many of the beds are staffed."
    )
    assert shown(client, "capacity:icb-detail", "QK1").staffed_words == (
        "No ward has told how many of its beds are staffed."
    )
    answer = client.get("/api/v1/capacity/icbs/QK1/occupancy/").json()["now"]["staffed"]
    assert answer == {"number": None, "beds": 0, "wards_told": 0, "wards": 1}
    tell(ward, 0)
    assert shown(client, "capacity:icb-detail", "QK1").staffed_words == (
        "0 of 3 commissioned beds are staffed."
    )


def test_it_stands_beside_the_beds_and_changes_no_occupancy(ward, beds, icb_manager, signed_in):
    make_stay(ward, beds[0])
    tell(ward, 1)
    client = signed_in(icb_manager)
    for name, arg in (
        ("ward-detail", ward.code),
        ("icb-detail", "QK1"),
        ("provider-detail", "RT5"),
    ):
        found = shown(client, f"capacity:{name}", arg)
        assert "<strong>33.3%</strong>" in found.sentence
        assert found.staffed_words.startswith("1 of 3 commissioned beds is staffed")
    assert shown(client, "capacity:provider-detail", "RT5").lines[0].staffed == "1"


def test_a_sum_says_how_many_wards_told_and_is_of_their_beds_alone(
    ward, beds, icb_manager, signed_in
):
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    make_beds(other, 7)
    tell(ward, 2)
    client = signed_in(icb_manager)
    for name, arg in (("icb-detail", "QK1"), ("provider-detail", "RT5")):
        assert shown(client, f"capacity:{name}", arg).staffed_words == (
            "2 of 3 commissioned beds are staffed, on the 1 of 2 wards that told; 1 did not."
        )
    answer = client.get("/api/v1/capacity/icbs/QK1/occupancy/").json()["now"]["staffed"]
    assert answer == {"number": 2, "beds": 3, "wards_told": 1, "wards": 2}
    rows = {row.label: row.staffed for row in shown(client, "capacity:icb-detail", "QK1").rows}
    assert (rows["Soar Valley"], rows["Elsewhere"]) == ("2", "not told")


def test_of_a_shared_ward_nobody_said_whose_beds_are_staffed(ward, beds, icb_manager, signed_in):
    qpm = make_icb("QPM", name="NHS Northamptonshire ICB")
    acute = make_provider("RWE", name="University Hospitals of Leicester", kind="acute")
    reallocate_bed(bed=beds[0], provider=acute, icb=qpm, starts=TODAY, by=None)
    tell(ward, 3)
    client = signed_in(icb_manager)
    for name, arg in (("icb-detail", "QK1"), ("provider-detail", "RT5")):
        assert shown(client, f"capacity:{name}", arg).staffed_words == (
            "No ward has told how many of its beds are staffed."
        )
    assert shown(client, "capacity:ward-detail", ward.code).staffed_words.startswith("3 of 3 ")


def test_more_than_are_commissioned_is_told_as_it_is(ward, beds, icb_manager, signed_in):
    tell(ward, 5)
    assert shown(signed_in(icb_manager), "capacity:icb-detail", "QK1").staffed_words == (
        "5 beds can be staffed, more than the 3 commissioned."
    )


def test_the_lead_tells_it_on_the_page_with_a_trace(ward, beds, ward_lead, signed_in):
    client, address = signed_in(ward_lead), reverse("capacity:ward-staffed", args=[ward.code])
    given = {"number": "2", "starts": f"{TODAY:%d/%m/%Y}"}
    assert client.post(address, given).status_code == 302
    assert "2 of 3 commissioned beds are staffed, told from" in client.get(address).content.decode()
    assert StaffedBeds.objects.get().told_by == ward_lead
    event = AuditEvent.objects.get(verb="staffed-beds-told")
    assert (event.by, event.detail["number"]) == (ward_lead, 2)


@pytest.mark.parametrize("number", ["", "many", "-1", "1000"])
def test_what_is_no_number_of_beds_is_refused_beside_it(number, ward, ward_lead, signed_in):
    address = reverse("capacity:ward-staffed", args=[ward.code])
    answer = signed_in(ward_lead).post(address, {"number": number, "starts": f"{TODAY:%d/%m/%Y}"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["number"]


def test_long_gone_days_stay_as_they_were_looked_at(ward, ward_lead):
    tell(ward, 2, TODAY - 14 * DAY, by=ward_lead)
    with pytest.raises(ValidationError, match="last two weeks"):
        tell(ward, 2, TODAY - 15 * DAY, by=ward_lead)


def test_nobody_else_tells_it(ward, ward_nurse, icb_manager):
    for user in (ward_nurse, icb_manager):
        with pytest.raises(PermissionDenied):
            tell(ward, 2, by=user)


def test_told_again_for_a_day_it_is_replaced_and_a_poll_is_answered_again(
    ward, beds, icb_manager, signed_in
):
    tell(ward, 2)
    client, address = signed_in(icb_manager), reverse("capacity:icb-detail", args=["QK1"])
    first = client.get(address)
    tell(ward, 1)
    assert told(ward) == 1
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
