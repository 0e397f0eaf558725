"""Whether people on leave count in occupancy: dated, and told beside each figure."""

import csv
import datetime as dt
from itertools import takewhile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from capacity.actions.figures import refresh
from capacity.actions.leave_settings import set_leave
from capacity.actions.stays import start_leave
from capacity.leave import COUNTED, LeaveRule, LeaveRules
from capacity.models import LeaveSetting
from capacity.occupancy import Count
from capacity.reports.history import icb_mornings, provider_mornings, ward_mornings
from lib import london
from lib.charts.occupancy import Day, Occupancy, occupancy, rows
from tests.capacity.factories import make_stay
from tests.cast import person, with_role

TODAY = london.day_of(timezone.now())
YESTERDAY = TODAY - dt.timedelta(days=1)
BEFORE = TODAY - dt.timedelta(days=2)


@pytest.fixture
def planner(db):
    return with_role(person("national", "planner"), "icb_manager", "england", "")


@pytest.fixture
def away(ward, beds):
    """Three beds, two patients for a week, one of them on leave."""
    since = timezone.now() - dt.timedelta(days=7)
    make_stay(ward, beds[1], at=since)
    stay = make_stay(ward, beds[0], at=since)
    back = timezone.now() + dt.timedelta(days=1)
    leaves = since + dt.timedelta(hours=1)
    start_leave(
        spell=stay.spell, kind="home", expected_back=back, bed_held=True, by=None, at=leaves
    )
    return ward


def not_counted(starts, by=None):
    return set_leave(starts=starts, counted=False, reason="NHS England, letter of May", by=by)


@pytest.mark.parametrize(
    ("settings", "day", "counted"),
    [
        ([], TODAY, True),
        ([(TODAY, False)], YESTERDAY, True),
        ([(TODAY, False)], TODAY, False),
        ([(YESTERDAY, False), (TODAY, True)], YESTERDAY, False),
        ([(TODAY, True), (YESTERDAY, False)], TODAY, True),
    ],
)
def test_a_day_follows_the_setting_of_that_day(settings, day, counted):
    assert LeaveRules.of(settings).on(day).counted is counted


def test_occupancy_is_a_difference_of_counts_and_never_capped():
    assert COUNTED.of(Count(50, 60), 4) == Count(50, 60)
    left_out = LeaveRule(counted=False)
    whole = left_out.of(Count(50, 60) + Count(10, 5), 4 + 2)
    assert whole == left_out.of(Count(50, 60), 4) + left_out.of(Count(10, 5), 2) == Count(60, 59)
    assert left_out.of(Count(50, 60), 4).occupancy == 56 / 50


def test_each_day_tells_what_was_set_for_it_whoever_asks(away):
    refresh(days=[BEFORE, YESTERDAY], at=timezone.now())
    not_counted(YESTERDAY)
    for days in (
        icb_mornings(away.icb, BEFORE, YESTERDAY),
        ward_mornings(away, BEFORE, YESTERDAY),
        provider_mornings(away.lead_provider, [away.pk], BEFORE, YESTERDAY),
    ):
        assert [(day.patients, day.on_leave) for day in days] == [(2, 1), (2, 1)]
        assert [day.count for day in days] == [Count(3, 2), Count(3, 1)]


def test_the_line_breaks_with_a_mark_where_the_setting_changes():
    days = [
        Day(BEFORE - dt.timedelta(days=1), 10, 8, on_leave=2),
        Day(BEFORE, 10, 8, on_leave=2),
        Day(YESTERDAY, 10, 8, on_leave=2, leave_counted=False),
        Day(TODAY, 10, 8, on_leave=2, leave_counted=False),
    ]
    drawn = occupancy(Occupancy(days))
    assert drawn.count('class="chart-line"') == 2
    assert f"people on leave not counted from {london.plain_day(YESTERDAY)}" in drawn
    assert [row[4:6] for row in rows(Occupancy(days)).rows] == [
        ("60.0%", "not counted"),
        ("60.0%", "not counted"),
        ("80.0%", "counted"),
        ("80.0%", "counted"),
    ]
    assert "people on leave" not in occupancy(Occupancy(days[2:]))


PAGES = [
    ("capacity:icb-detail", ["QK1"]),
    ("capacity:ward-detail", ["RT5-soar-valley"]),
    ("capacity:provider-detail", ["RT5"]),
    ("capacity:together-detail", []),
]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_every_page_says_it_beside_the_figure(name, args, away, icb_manager, signed_in):
    client = signed_in(icb_manager)
    told = client.get(reverse(name, args=args)).context["shown"].sentence
    assert "<strong>66.7%</strong>, under the 80% wanted, people on leave counted." in told
    not_counted(TODAY)
    told = client.get(reverse(name, args=args)).context["shown"].sentence
    assert "<strong>2 patients</strong>: <strong>33.3%</strong>" in told
    assert "people on leave not counted." in told


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("capacity:icb-table", ["QK1"]),
        ("capacity:provider-table", ["RT5"]),
        ("capacity:together-table", []),
    ],
)
def test_every_file_says_it_on_each_line(name, args, away, icb_manager, signed_in):
    """Of the table of places, which ends with an empty line."""
    not_counted(TODAY)
    body = signed_in(icb_manager).get(reverse(name, args=args)).content.decode()
    lines = list(csv.reader(body.lstrip("\ufeff").splitlines()))
    head = next(at for at, line in enumerate(lines) if line[-1:] == ["People on leave"])
    places = list(takewhile(bool, lines[head + 1 :]))
    assert {line[-1] for line in places} == {"not counted"}


def test_the_answer_says_it_now_and_day_by_day(away, icb_manager, signed_in):
    refresh(days=[BEFORE, YESTERDAY], at=timezone.now())
    not_counted(YESTERDAY)
    found = signed_in(icb_manager).get("/api/v1/capacity/icbs/QK1/occupancy/").json()
    assert (found["now"]["occupancy"], found["now"]["leave_counted"]) == (1 / 3, False)
    assert [day["leave_counted"] for day in found["days"]] == [True, False]
    assert [day["occupancy"] for day in found["days"]] == [2 / 3, 1 / 3]


def test_a_poll_is_answered_again_when_it_is_set(away, icb_manager, signed_in):
    client, address = signed_in(icb_manager), reverse("capacity:icb-detail", args=["QK1"])
    first = client.get(address)
    not_counted(TODAY)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_who_plans_for_england_sets_it_with_a_trace(planner, signed_in):
    given = {"counted": "no", "starts": f"{TODAY:%d/%m/%Y}", "reason": "Letter of May"}
    client, address = signed_in(planner), reverse("capacity:leave-setting")
    assert client.post(address, given).status_code == 302
    page = client.get(address).content.decode()
    assert "People on leave are not counted in occupancy, since" in page
    assert "Letter of May" in page
    event = AuditEvent.objects.get(verb="leave-setting-set")
    assert (event.by, event.detail["counted"]) == (planner, False)


def test_days_gone_by_stay_as_they_were_told(planner, signed_in):
    with pytest.raises(ValidationError, match="Days gone by"):
        not_counted(YESTERDAY, by=planner)
    given = {"counted": "no", "starts": f"{YESTERDAY:%d/%m/%Y}", "reason": "Letter of May"}
    answer = signed_in(planner).post(reverse("capacity:leave-setting"), given)
    assert answer.status_code == 422
    assert "choose today or later" in answer.content.decode()


def test_no_board_of_its_own_sets_it(icb_manager, signed_in):
    with pytest.raises(PermissionDenied):
        not_counted(TODAY, by=icb_manager)
    page = signed_in(icb_manager).get(reverse("capacity:leave-setting"))
    assert "Set this" not in page.content.decode()


def test_set_again_for_a_day_it_is_replaced_and_the_audit_keeps_what_was(planner):
    not_counted(TODAY, by=planner)
    set_leave(starts=TODAY, counted=True, reason="withdrawn again", by=planner)
    assert LeaveSetting.objects.get().counted
    told = AuditEvent.objects.filter(verb="leave-setting-set").order_by("pk")
    assert [event.detail["counted"] for event in told] == [False, True]


def test_without_a_reason_nothing_is_set(planner):
    with pytest.raises(ValidationError, match="Say who decided"):
        set_leave(starts=TODAY, counted=False, reason="  ", by=planner)
    with pytest.raises(IntegrityError), transaction.atomic():
        LeaveSetting.objects.create(
            starts=TODAY, counted=False, reason="", set_at=timezone.now(), set_by=planner
        )
