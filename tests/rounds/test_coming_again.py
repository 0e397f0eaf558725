"""Coming again, and moving on: what a stay keeps, and what the next one tells of it."""

import datetime as dt

import pytest
from django.urls import reverse

from capacity.models.stays import Destination
from observations.models import Holding
from patients.actions.admissions import discharge, transfer
from patients.actions.care import set_times
from patients.actions.expected import expect
from patients.models import Admission
from rounds.actions.stays import Closing, Closings, discharge_with_open
from rounds.patient.earlier import earlier_stays
from tests.capacity.factories import make_beds, make_provider, make_ward
from tests.observations.factories import make_held_hub
from tests.patients.factories import make_admission, make_clinician
from tests.rounds.factories import make_task

DAY = dt.timedelta(days=1)


def stayed(ward, at, *, left, by, patient=None, destination="home"):
    """From `at` until `left`."""
    admission = make_admission(ward=ward, at=at, **({"patient": patient} if patient else {}))
    return discharge(admission=admission, destination=destination, by=by, at=left)


def back(ward, before, at):
    return make_admission(ward=ward, patient=before.patient, at=at)


@pytest.fixture
def shown(signed_in, ward_nurse):
    def page(admission):
        url = reverse("rounds:patient-detail", args=[admission.pk])
        return signed_in(ward_nurse).get(url).content.decode()

    return page


@pytest.mark.parametrize(("days", "flagged"), [(1, True), (29, True), (31, False)])
def test_who_is_back_within_thirty_days_is_flagged(ward, ward_nurse, now, shown, days, flagged):
    left = now - days * DAY
    before = stayed(ward, left - 5 * DAY, left=left, by=ward_nurse)
    page = shown(back(ward, before, now))
    assert "Earlier stays" in page
    assert ("Back within 30 days" in page) is flagged
    assert reverse("rounds:patient-detail", args=[before.pk]) in page


def test_all_earlier_stays_stand_newest_first_and_only_the_last_is_flagged(ward, ward_nurse, now):
    first = stayed(ward, now - 20 * DAY, left=now - 15 * DAY, by=ward_nurse)
    second = stayed(ward, now - 10 * DAY, left=now - 5 * DAY, by=ward_nurse, patient=first.patient)
    found = earlier_stays(back(ward, first, now), user=ward_nurse)
    assert [(one.admission, one.back_soon) for one in found] == [(second, True), (first, False)]


def test_a_stay_elsewhere_is_told_and_not_opened(ward, ward_nurse, now, shown):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    before = stayed(elsewhere, now - 9 * DAY, left=now - 4 * DAY, by=make_clinician(elsewhere))
    page = shown(back(ward, before, now))
    assert "Elsewhere" in page
    assert "Back within 30 days" in page
    assert reverse("rounds:patient-detail", args=[before.pk]) not in page


def test_a_stay_entered_in_error_never_was(ward, ward_nurse, now):
    wrong = stayed(
        ward,
        now - 3 * DAY,
        left=now - 2 * DAY,
        by=ward_nurse,
        destination=Destination.ENTERED_IN_ERROR,
    )
    assert earlier_stays(back(ward, wrong, now), user=ward_nurse) == ()


def test_to_another_organisation_kit_plan_day_and_tasks_go_along(ward, ward_nurse, now):
    admission = make_admission(ward=ward, at=now - 4 * DAY)
    make_held_hub(admission, by=ward_nurse)
    set_times(
        admission=admission, kind="pulse", every_hours=2, reason="Fast", by=ward_nurse, at=now - DAY
    )
    task = make_task(admission, by=ward_nurse, due_at=now + DAY)
    lines = set(admission.plan_lines.at(now).values_list("pk", flat=True))
    other = make_ward(
        "RWE-heart-failure", name="Heart failure", provider=make_provider("RWE", name="UHL")
    )
    transfer(
        admission=admission,
        ward=other,
        bed=make_beds(other)[0],
        agreed_with="Dr Shah, consultant",
        by=ward_nurse,
        at=now,
    )
    moved = Admission.objects.get(pk=admission.pk)
    assert moved.ward == other
    assert Holding.objects.open().get().admission == moved
    assert set(moved.plan_lines.at(now).values_list("pk", flat=True)) == lines
    assert moved.expected_discharge == admission.expected_discharge
    assert task.admission_id == moved.pk
    assert not Admission.objects.caring(ward_nurse).filter(pk=moved.pk).exists()
    assert Admission.objects.caring(make_clinician(other)).filter(pk=moved.pk).exists()


def test_ready_since_outlives_each_later_day(ward, ward_nurse, now):
    admission = make_admission(ward=ward, at=now - 4 * DAY)
    ready, far = (now - DAY).date(), (now + 40 * DAY).date()
    for n, cause in enumerate(("social_care", "housing")):
        expect(
            admission=Admission.objects.get(pk=admission.pk),
            day=far + n * DAY,
            ready_since=ready,
            cause=cause,
            by=ward_nurse,
            at=now,
        )
    kept = Admission.objects.get(pk=admission.pk).expected_discharges.values_list(
        "cause", "ready_since__date"
    )
    assert sorted(cause for cause, _ in kept if cause) == ["housing", "social_care"]
    assert {since for cause, since in kept if cause} == {ready}


@pytest.mark.parametrize(
    "destination", [Destination.DIED, Destination.HOSPITAL, Destination.ENTERED_IN_ERROR]
)
def test_one_answer_ends_all_that_was_open(ward, ward_nurse, now, destination):
    admission = make_admission(ward=ward, at=now - 4 * DAY)
    tasks = [make_task(admission, by=ward_nurse, due_at=now) for _ in range(3)]
    told = Closings(all_tasks=Closing(outcome="needed no more"))
    discharge_with_open(
        admission=admission, destination=destination, closings=told, by=ward_nurse, at=now
    )
    for task in tasks:
        task.refresh_from_db()
        assert (task.ending, task.outcome) == ("closed", "needed no more")
