"""Targets and bed plans: what is reached when, who may plan, and that a plan is no bed."""

import csv
import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from capacity.actions.plans import plan_beds, set_target, withdraw_plan
from capacity.models import Bed, PlannedBeds, Target
from capacity.reports import now, plans
from capacity.reports.plans import NATIONAL, Aim
from lib import london
from tests.capacity.factories import make_beds, make_stay
from tests.cast import person, with_role

TODAY = london.day_of(timezone.now())
SOON = TODAY + dt.timedelta(days=30)
LATER = TODAY + dt.timedelta(days=90)


def plan(ward, by, beds=12, on=SOON):
    return plan_beds(icb=ward.icb, ward=ward, beds=beds, on=on, by=by)


def aim(ward, by, starts=TODAY, low=40, high=50, percent=80):
    low, high, percent = Decimal(low), Decimal(high), Decimal(percent)
    return set_target(icb=ward.icb, starts=starts, low=low, high=high, percent=percent, by=by)


def shown(client, query=""):
    return client.get(reverse("capacity:icb-plan", args=["QK1"]) + query).context["shown"]


def test_without_a_plan_what_is_missing_is_told(ward, beds, icb_manager, signed_in):
    told = shown(signed_in(icb_manager)).sentence
    assert told.startswith("QK1 has 3 beds, 0.3 per 100,000 aged 16 and over.")
    assert "Nothing is planned: 40 needs 394 beds more." in told


def test_what_is_planned_is_drawn_from_todays_beds(ward, beds, icb_manager, signed_in):
    make_stay(ward, beds[0])
    plan(ward, icb_manager, 200, SOON)
    plan(ward, icb_manager, 197, LATER)
    found = shown(signed_in(icb_manager))
    assert [(step.day, step.beds) for step in found.steps] == [
        (TODAY, 3),
        (SOON, 203),
        (LATER, 400),
    ]
    assert f"40 is reached on {london.plain_day(LATER)}, at 400 beds." in found.sentence
    assert (
        "Today’s 1 patient would fill 0.3% of them, people on leave counted; 80% is 320 patients."
        in found.sentence
    )
    assert found.table.rows[1] == (london.plain_day(SOON), "203", "20.5", "+200 Soar Valley")


def test_a_plan_that_falls_short_says_by_how_much(ward, beds, icb_manager, signed_in):
    plan(ward, icb_manager, 200)
    told = shown(signed_in(icb_manager)).sentence
    assert "What is planned comes to 203 on" in told
    assert "40 needs 194 beds more." in told


def test_what_is_reached_and_lost_again_is_told(ward, beds, icb_manager, signed_in):
    plan(ward, icb_manager, 400, SOON)
    plan(ward, icb_manager, -100, LATER)
    assert (
        f"It is lost again on {london.plain_day(LATER)}." in shown(signed_in(icb_manager)).sentence
    )


def test_the_base_is_the_readers_choice(ward, beds, icb_manager, signed_in):
    told = shown(signed_in(icb_manager), "?base=all").sentence
    assert "0.2 per 100,000 of all ages" in told
    assert "40 needs 489 beds more." in told


def test_a_time_of_the_plan_is_drawn_and_filed_and_every_link_keeps_it(
    ward, beds, icb_manager, signed_in
):
    plan(ward, icb_manager, 200, SOON)
    plan(ward, icb_manager, 197, LATER)
    client = signed_in(icb_manager)
    first, last = SOON + dt.timedelta(days=10), LATER - dt.timedelta(days=1)
    query = f"?from={first:%d/%m/%Y}&to={last}&base=all"
    found = shown(client, query)
    assert [row[:2] for row in found.table.rows] == [(london.plain_day(first), "203")]
    assert f"40 is reached on {london.plain_day(LATER)}" not in found.chart
    assert "What is planned comes to 400" in found.sentence
    assert all(f"from={first}&to={last}" in link.query for link in found.bases)
    file = client.get(reverse("capacity:icb-plan-table", args=["QK1"]) + query)
    assert f"QK1-plan-{first}-{last}.csv" in file["Content-Disposition"]
    lines = list(csv.reader(file.content.decode("utf-8-sig").splitlines()))
    assert lines[1:3] == [list(found.table.headings), list(found.table.rows[0])]


@pytest.mark.parametrize(
    "query",
    [
        "?from=nonsense",
        f"?from={TODAY - dt.timedelta(days=1)}",
        f"?from={LATER}&to={SOON}",
        f"?to={TODAY + dt.timedelta(days=9999)}",
    ],
)
def test_a_time_that_no_plan_has_is_told_and_all_of_it_is_shown(
    query, ward, beds, icb_manager, signed_in
):
    answer = signed_in(icb_manager).get(reverse("capacity:icb-plan", args=["QK1"]) + query)
    assert "That is no time from today on. The whole plan is shown" in answer.content.decode()
    assert answer.context["shown"].window.first == TODAY


def test_beds_entered_with_a_day_to_come_are_in_the_course(ward, beds, icb_manager, signed_in):
    start = london.count_instant(SOON)
    make_beds(ward, 2, starts=start)
    make_beds(ward, 5, starts=start, kind=Bed.Kind.SURGE)
    beds[0].ends = london.count_instant(LATER)
    beds[0].save()
    found = shown(signed_in(icb_manager))
    assert [(step.day, step.beds) for step in found.steps] == [(TODAY, 3), (SOON, 5), (LATER, 4)]
    assert found.table.rows[1][-1] == "+2 entered already"


def test_a_plan_is_no_bed(ward, beds, icb_manager):
    plan(ward, icb_manager)
    assert now.icb_now(ward.icb, timezone.now()).total.beds == 3


def test_a_withdrawn_plan_counts_no_longer_and_is_withdrawn_once(ward, beds, icb_manager):
    planned = plan(ward, icb_manager)
    withdraw_plan(planned=planned, by=icb_manager)
    withdraw_plan(planned=planned, by=icb_manager)
    assert plans.planned_of(ward.icb, TODAY) == []
    assert PlannedBeds.objects.get().withdrawn_by == icb_manager
    assert AuditEvent.objects.filter(verb="bed-plan-withdrawn").count() == 1


def test_only_the_icbs_own_managers_plan(ward, ward_lead, org_admin):
    for user in (ward_lead, org_admin):
        with pytest.raises(PermissionDenied):
            plan(ward, user)
        with pytest.raises(PermissionDenied):
            aim(ward, user)
    assert not PlannedBeds.objects.exists()


def test_a_plan_is_for_a_day_to_come_and_says_where(ward, icb_manager):
    with pytest.raises(ValidationError, match="a day to come"):
        plan(ward, icb_manager, on=TODAY)
    with pytest.raises(ValidationError, match="say where"):
        plan_beds(icb=ward.icb, beds=5, on=SOON, where=" ", by=icb_manager)
    planned = plan_beds(icb=ward.icb, beds=5, on=SOON, where="Hinckley", by=icb_manager)
    assert planned.ward is None


def test_the_database_refuses_a_plan_of_nothing(ward, icb_manager):
    for wrong in ({"beds": 0}, {"where": ""}, {"withdrawn_at": timezone.now()}):
        values = {
            "icb": ward.icb,
            "where": "x",
            "on": SOON,
            "beds": 1,
            "planned_at": timezone.now(),
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            PlannedBeds.objects.create(**values | wrong)


def test_englands_target_holds_until_the_icbs_own_begins(ward, icb_manager):
    aim(ward, icb_manager, starts=SOON, low=45, high=55, percent=85)
    targets = plans.targets_of(ward.icb)
    assert plans.aim_on(targets, TODAY) == NATIONAL
    assert plans.aim_on(targets, SOON) == Aim(45, 55, 85, own=True)


def test_a_target_set_again_for_a_day_replaces_it_with_a_trace(ward, icb_manager):
    aim(ward, icb_manager)
    aim(ward, icb_manager, low=42)
    assert Target.objects.get().beds_per_100k_low == 42
    assert AuditEvent.objects.filter(verb="target-set").count() == 2


def test_the_plan_is_held_against_the_target_of_its_last_day(ward, beds, icb_manager, signed_in):
    plan(ward, icb_manager, 400, SOON)
    aim(ward, icb_manager, starts=SOON, low=45, percent=90)
    told = shown(signed_in(icb_manager)).sentence
    assert "45 needs 43 beds more." in told
    assert "90% is 363 patients." in told


def send(client, name, **typed):
    return client.post(reverse(f"capacity:{name}", args=["QK1"]), typed)


def test_a_plan_is_made_on_the_page(ward, beds, icb_manager, signed_in):
    client = signed_in(icb_manager)
    day = f"{SOON:%d/%m/%Y}"
    assert send(client, "plan-create", beds="12", on=day, ward=ward.pk).status_code == 302
    body = client.get(reverse("capacity:icb-plan", args=["QK1"])).content.decode()
    assert f"+12 beds are planned from {london.plain_day(SOON)}." in body
    assert "Soar Valley" in body


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"beds": "0"}, "beds", "No beds more or fewer is no plan."),
        ({"beds": "many"}, "beds", "Enter how many beds, such as 12 or -5."),
        ({"on": "tomorrow"}, "on", "Enter a date, such as 31/01/2027."),
        ({"on": "01/01/2020"}, "on", "Plan for a day to come."),
        ({"where": ""}, "where", "Choose a ward, or say where these beds will be."),
    ],
)
def test_what_is_wrong_with_a_plan_stands_beside_it(
    ward, beds, icb_manager, signed_in, typed, field, told
):
    good = {"beds": "12", "on": f"{SOON:%d/%m/%Y}", "where": "Hinckley"}
    answer = send(signed_in(icb_manager), "plan-create", **good | typed)
    assert answer.status_code == 422
    assert told in answer.context["plan_form"].errors[field]
    assert not PlannedBeds.objects.exists()


def test_a_band_upside_down_is_refused(ward, beds, icb_manager, signed_in):
    typed = {"starts": f"{SOON:%d/%m/%Y}", "low": "50", "high": "40", "percent": "80"}
    answer = send(signed_in(icb_manager), "target-create", **typed)
    assert answer.context["target_form"].errors["high"] == ["The upper end is below the lower one."]


def test_another_icbs_manager_does_not_find_the_plan(ward, beds, icb_manager, signed_in):
    planned = plan(ward, icb_manager)
    stranger = with_role(person("far", "planner"), "icb_manager", "icb", "QWO")
    client = signed_in(stranger)
    assert client.post(reverse("capacity:plan-withdraw", args=[planned.pk])).status_code == 404
    assert client.get(reverse("capacity:icb-plan", args=["QK1"])).status_code == 404


def test_without_a_population_the_page_still_stands(ward, beds, icb_manager, signed_in):
    ward.icb.populations.all().delete()
    found = shown(signed_in(icb_manager))
    assert "no population is held" in found.sentence
    assert "<svg" in found.chart
