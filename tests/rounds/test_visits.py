"""A ward's day: whose work it is, where it is, what is due first, and what must be known there."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lib.london import to_utc
from patients.actions.admissions import start_leave, transfer
from patients.actions.people import record_safety
from patients.models import Place
from rounds.actions.tasks import complete_task
from rounds.models import Task
from rounds.presenters.visits import VisitsPresenter, place_of
from rounds.visits.day import day_of_tasks
from tests.capacity.factories import make_beds, make_ward
from tests.patients.factories import make_admission, make_clinician, make_patient
from tests.rounds.factories import make_task

HOUR = dt.timedelta(hours=1)
DAY = dt.date(2026, 6, 10)
NOON = to_utc(DAY, dt.time(12))
ADDRESS: dict[str, Any] = {"address": "12 Nelson Street, Leicester", "postcode": "LE1 7BA"}


def admitted(ward, **person):
    return make_admission(ward=ward, patient=make_patient(**person), at=NOON - 48 * HOUR)


def set_task(admission, by, hours=1.0, *, kind="visit", text="Visit", to=None):
    task = make_task(admission, by=by, due_at=NOON + hours * HOUR, text=text)
    Task.objects.filter(pk=task.pk).update(kind=kind, assigned_to=to)
    return Task.objects.get(pk=task.pk)


def shown(ward, user, day=DAY, **more):
    return VisitsPresenter(day_of_tasks(ward, day, user=user, at=NOON), user=user, **more)


def told(part):
    """Its tasks' words, in the order in which they stand."""
    return [t.text for stop in part.stops for p in stop.patients for t in p.tasks]


@pytest.fixture
def one(ward):
    return admitted(ward, **ADDRESS)


def test_mine_stand_first_then_nobodys_then_each_colleagues(
    ward, one, ward_nurse, ward_doctor, ward_lead
):
    for who, text in ((ward_doctor, "Doctor's"), (None, "Nobody's"), (ward_nurse, "Nurse's")):
        set_task(one, ward_lead, to=who, text=text)
    parts = shown(ward, ward_nurse).parts
    assert [(part.heading, told(part)) for part in parts] == [
        ("Mine", ["Nurse's"]),
        ("Nobody’s", ["Nobody's"]),
        (ward_doctor.short_name, ["Doctor's"]),
    ]


def test_a_couple_at_one_address_stands_together_however_it_was_written(ward, ward_nurse):
    wife = admitted(ward, given_name="Ann", **ADDRESS)
    husband = admitted(ward, address="12 NELSON STREET  Leicester", postcode="LE17BA")
    other = admitted(ward, address="14 Nelson Street, Leicester", postcode="LE1 7BA")
    for n, admission in enumerate((wife, other, husband)):
        set_task(admission, ward_nurse, n)
    stops = shown(ward, ward_nurse).parts[1].stops
    assert [len(stop.patients) for stop in stops] == [2, 1]


def test_two_in_one_care_home_stand_together_under_its_name(ward, ward_nurse):
    home = Place.objects.create(
        name="Elms", kind="care_home", address="1 Elm Road", postcode="LE2 1AA", phone="0116 496 1"
    )
    for n in range(2):
        set_task(admitted(ward, lives_in=home), ward_nurse, n)
    [stop] = shown(ward, ward_nurse).parts[1].stops
    assert (stop.heading, stop.lines, stop.phone) == ("Elms", "1 Elm Road, LE2 1AA", "0116 496 1")
    assert len(stop.patients) == 2


def test_people_without_an_address_are_never_put_together(ward):
    assert place_of(make_patient()) != place_of(make_patient())


def test_what_is_overdue_stands_first_and_says_so(ward, one, ward_nurse):
    set_task(one, ward_nurse, 3, text="Later")
    set_task(admitted(ward), ward_nurse, -20, text="Since yesterday")
    part = shown(ward, ward_nurse).parts[1]
    assert told(part) == ["Since yesterday", "Later"]
    assert part.overdue == 1


def test_a_day_holds_its_own_and_only_today_what_is_overdue(ward, one, ward_nurse):
    set_task(one, ward_nurse, -20, text="Yesterday")
    set_task(one, ward_nurse, 1, text="Today")
    set_task(one, ward_nurse, 20, text="Tomorrow")
    days = {
        n: told(shown(ward, ward_nurse, DAY + dt.timedelta(days=n)).parts[1]) for n in (-1, 0, 1)
    }
    assert days == {-1: ["Yesterday"], 0: ["Yesterday", "Today"], 1: ["Tomorrow"]}


def test_after_a_transfer_what_was_somebodys_is_nobodys_and_says_whose_it_was(
    ward, one, ward_nurse, ward_doctor, other_nurse
):
    set_task(one, ward_nurse, to=ward_doctor)
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    bed = make_beds(elsewhere, 1)[0]
    transfer(admission=one, ward=elsewhere, bed=bed, agreed_with="S. Hill", by=ward_nurse, at=NOON)
    assert told(shown(ward, ward_nurse).parts[1]) == []
    part = shown(elsewhere, other_nurse).parts[1]
    assert part.stops[0].patients[0].tasks[0].was_for == ward_doctor.short_name


def test_who_is_on_leave_is_not_to_be_looked_for_at_home(ward, one, ward_nurse):
    set_task(one, ward_nurse)
    start_leave(
        admission=one,
        kind="hospital",
        place="LRI, ward 15",
        held_by="Acute medicine",
        expected_back=NOON + 5 * HOUR,
        bed_held=True,
        by=ward_nurse,
        at=NOON - HOUR,
    )
    [patient] = shown(ward, ward_nurse).parts[1].stops[0].patients
    assert patient.away == "On leave, not at home: LRI, ward 15, back 17:00"


def test_allergies_not_asked_none_and_recorded_are_told_apart(ward, one, ward_nurse):
    set_task(one, ward_nurse, kind="iv_dose")
    patient = one.patient

    def known():
        [visited] = shown(ward, ward_nurse).parts[1].stops[0].patients
        return visited.safety[0]

    assert known() == ("Allergies", "not asked", True)
    for state, text, expected in (("none", "", "none"), ("recorded", "Penicillin", "Penicillin")):
        record_safety(
            patient=patient, topic="allergies", state=state, text=text, source="GP", by=ward_nurse
        )
        assert known()[1] == expected


def test_an_address_leads_to_a_map_only_where_a_setting_names_one(ward, one, ward_nurse):
    set_task(one, ward_nurse)
    assert shown(ward, ward_nurse).parts[1].stops[0].map_url == ""
    service = "https://maps.example.nhs.uk/?q={address}"
    [stop] = shown(ward, ward_nurse, map_service=service).parts[1].stops
    assert (
        stop.map_url
        == "https://maps.example.nhs.uk/?q=12%20Nelson%20Street%2C%20Leicester%2C%20LE1%207BA"
    )


def test_what_ended_stands_apart_with_what_came_of_it(ward, one, ward_nurse):
    task = set_task(one, ward_nurse, text="Dose")
    complete_task(task=task, ending="nobody_home", by=ward_nurse, at=NOON)
    page = shown(ward, ward_nurse)
    assert told(page.parts[1]) == []
    [ended] = page.ended
    assert (ended.how, ended.done) == ("Nobody home", False)
    assert ended.again_url


# The page


@pytest.fixture
def page(ward):
    return reverse("rounds:ward-visits", args=[ward.code])


def test_two_taps_end_a_task_at_the_door(signed_in, ward, ward_nurse, page, now):
    admission = make_admission(ward=ward, at=now - HOUR)
    task = make_task(admission, by=ward_nurse, due_at=now)
    browser = signed_in(ward_nurse)
    html = browser.get(page).content.decode()
    action = reverse("rounds:task-complete", args=[task.pk])
    assert f'<form method="post" action="{action}?next=' in html
    assert 'name="ending" value="nobody_home"' in html
    answer = browser.post(f"{action}?next={page}", {"ending": "nobody_home"}, follow=True)
    assert "nobody home" in answer.content.decode()


def test_several_ticked_go_to_one_person(signed_in, ward, ward_nurse, ward_doctor, now):
    admission = make_admission(ward=ward, at=now - HOUR)
    tasks = [make_task(admission, by=ward_nurse, due_at=now) for _ in range(3)]
    share = reverse("rounds:visits-share", args=[ward.code])
    given = {"task": [str(t.pk) for t in tasks[:2]], "assigned_to": str(ward_doctor.pk)}
    answer = signed_in(ward_nurse).post(share, given, follow=True)
    assert "2 tasks are for" in answer.content.decode()
    assert Task.objects.filter(assigned_to=ward_doctor).count() == 2


def test_sharing_nothing_or_anothers_patients_says_so(signed_in, ward, ward_nurse, now):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    theirs = make_task(
        make_admission(ward=elsewhere, at=now), by=make_clinician(elsewhere), due_at=now
    )
    share = reverse("rounds:visits-share", args=[ward.code])
    browser = signed_in(ward_nurse)
    for ticked, words in (
        ([], "Tick the tasks first."),
        ([str(theirs.pk)], "no task of this ward"),
    ):
        answer = browser.post(share, {"task": ticked, "assigned_to": ""}, follow=True)
        assert words in answer.content.decode()
    assert Task.objects.get().assigned_to is None


def test_who_only_looks_is_offered_nothing_to_press(
    signed_in, ward, ward_nurse, read_only, page, now
):
    make_task(make_admission(ward=ward, at=now - HOUR), by=ward_nurse, due_at=now)
    html = signed_in(read_only).get(page).content.decode()
    assert "Phone" in html
    assert "Outcome" not in html
    assert "share-who" not in html


def test_no_address_leaves_the_service(signed_in, ward, ward_nurse, page, now):
    admission = make_admission(ward=ward, patient=make_patient(**ADDRESS), at=now - HOUR)
    Task.objects.filter(pk=make_task(admission, by=ward_nurse, due_at=now).pk).update(kind="visit")
    html = signed_in(ward_nurse).get(page).content.decode()
    assert "12 Nelson Street" in html
    assert 'href="http' not in html


def test_a_day_that_is_none_is_not_found(signed_in, ward, ward_nurse, page):
    assert signed_in(ward_nurse).get(f"{page}?day=yesterday").status_code == 404


def test_one_persons_part_is_shown_alone(signed_in, ward, ward_nurse, page):
    html = signed_in(ward_nurse).get(f"{page}?who=me").content.decode()
    assert 'id="who-me"' in html
    assert 'id="who-nobody"' not in html
    assert "Nobody of that name" in signed_in(ward_nurse).get(f"{page}?who=1").content.decode()


def test_forty_cost_no_more_statements_than_one(signed_in, ward, ward_nurse, page, now):
    browser = signed_in(ward_nurse)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(page).status_code == 200
        return len(seen)

    first = make_admission(ward=ward, at=now - HOUR)
    make_task(first, by=ward_nurse, due_at=now)
    asked()
    few = asked()
    for _ in range(8):
        make_task(make_admission(ward=ward, at=now - HOUR), by=ward_nurse, due_at=now)
    assert asked() == few
