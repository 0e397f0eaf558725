"""Tasks: set once or as a course, shared out, moved with a reason, ended in one of many ways."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from lib.london import to_utc, wall
from patients.actions.admissions import discharge
from rounds.actions.stays import Closing, Closings, discharge_with_open
from rounds.actions.tasks import (
    MOST_DOSES,
    add_course,
    add_task,
    assign_task,
    assign_tasks,
    complete_task,
    course,
    hand_over_task,
    move_task,
    reopen_task,
)
from rounds.models import Task
from tests.patients.factories import make_admission
from tests.rounds.factories import make_task

HOUR = dt.timedelta(hours=1)
DAY = dt.date(2026, 10, 24)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 48 * HOUR)


@pytest.fixture
def task(admission, ward_nurse, now):
    return make_task(admission, by=ward_nurse, due_at=now + HOUR)


@pytest.fixture
def typed(now):
    due = wall(now + HOUR)
    return {
        "kind": "iv_dose",
        "text": "Ceftriaxone 2 g",
        "due_at_0": f"{due:%d/%m/%Y}",
        "due_at_1": f"{due:%H:%M}",
        "assigned_to": "",
        "token": str(uuid4()),
    }


def test_doses_a_day_apart_keep_the_time_on_londons_clock():
    """On 25 October 2026 the clocks go back."""
    nine = dt.time(9)
    due = list(course(to_utc(DAY, nine), 3, 24))
    assert due == [to_utc(DAY + dt.timedelta(days=n), nine) for n in range(3)]
    assert due[1] - due[0] == 25 * HOUR


def test_doses_some_hours_apart_are_that_many_hours_apart():
    first = to_utc(DAY, dt.time(20))
    assert list(course(first, 4, 8)) == [first + n * 8 * HOUR for n in range(4)]


def test_a_course_is_as_many_tasks_each_with_its_day(admission, ward_nurse, now):
    made = add_course(
        admission=admission,
        kind="iv_dose",
        text="Ceftriaxone 2 g",
        due_at=now,
        doses=5,
        every_hours=24,
        by=ward_nurse,
        at=now,
    )
    assert [str(task) for task in made] == [f"Ceftriaxone 2 g ({n} of 5)" for n in range(1, 6)]
    assert AuditEvent.objects.filter(verb="task-added").count() == 5


def test_of_a_course_the_next_dose_stands_for_the_rest(admission, ward_nurse, now):
    made = add_course(
        admission=admission,
        kind="iv_dose",
        text="Dose",
        due_at=now,
        doses=3,
        every_hours=24,
        token=uuid4(),
        by=ward_nurse,
        at=now,
    )
    other = make_task(admission, by=ward_nurse, due_at=now)
    assert set(Task.objects.next_of_course()) == {made[0], other}
    complete_task(task=made[0], by=ward_nurse, at=now)
    assert set(Task.objects.next_of_course()) == {made[1], other}
    told = Closings(tasks={made[1].pk: Closing("Oral now"), other.pk: Closing("Phoned")})
    discharge_with_open(admission=admission, destination="home", closings=told, by=ward_nurse)
    assert Task.objects.get(pk=made[2].pk).outcome == "Oral now"


@pytest.mark.parametrize(
    ("doses", "every_hours", "code"),
    [
        (0, 24, "doses"),
        (MOST_DOSES + 1, 24, "doses"),
        (2, None, "every_hours"),
        (2, 3, "every_hours"),
    ],
)
def test_a_course_that_cannot_be_is_refused(admission, ward_nurse, now, doses, every_hours, code):
    with pytest.raises(ValidationError) as refused:
        add_course(
            admission=admission,
            kind="iv_dose",
            text="Dose",
            due_at=now,
            doses=doses,
            every_hours=every_hours,
            by=ward_nurse,
            at=now,
        )
    assert refused.value.code == code
    assert not Task.objects.exists()


def test_the_form_makes_a_course_once_however_often_it_is_sent(
    signed_in, admission, ward_nurse, typed
):
    browser = signed_in(ward_nurse)
    page = reverse("rounds:task-create", args=[admission.pk])
    for _ in range(2):
        answer = browser.post(page, typed | {"doses": "3", "every_hours": "24"})
        assert answer.status_code == 302
    assert Task.objects.count() == 3


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    signed_in, admission, ward_nurse, typed
):
    page = reverse("rounds:task-create", args=[admission.pk])
    answer = signed_in(ward_nurse).post(page, typed | {"doses": "3", "every_hours": ""})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_every_hours_error"' in told
    assert "Ceftriaxone 2 g" in told
    assert '<details class="group" open>' in told


def test_a_task_goes_to_somebody_of_the_ward_or_to_anybody(task, ward_nurse, ward_doctor, now):
    assert assign_task(task=task, to=ward_doctor, by=ward_nurse, at=now).assigned_to == ward_doctor
    assert assign_task(task=task, to=None, by=ward_nurse, at=now).assigned_to is None
    assert AuditEvent.objects.filter(verb="task-assigned").count() == 2


def test_nobody_of_elsewhere_is_given_a_task(admission, task, ward_nurse, other_nurse, now):
    with pytest.raises(ValidationError, match="does not treat"):
        assign_task(task=task, to=other_nurse, by=ward_nurse, at=now)
    with pytest.raises(ValidationError, match="does not treat"):
        add_task(
            admission=admission,
            kind="visit",
            text="Visit",
            due_at=now,
            assigned_to=other_nurse,
            by=ward_nurse,
            at=now,
        )


def test_several_are_shared_out_at_once_but_for_those_that_ended(
    admission, ward_nurse, ward_doctor, now
):
    tasks = [make_task(admission, by=ward_nurse, due_at=now) for _ in range(3)]
    complete_task(task=tasks[1], by=ward_nurse, at=now)
    shared = assign_tasks(tasks=tasks, to=ward_doctor, by=ward_nurse, at=now)
    assert [task.pk for task in shared] == [tasks[0].pk, tasks[2].pk]
    assert Task.objects.get(pk=tasks[1].pk).assigned_to is None


def test_another_time_needs_a_reason_that_is_kept(task, ward_nurse, now):
    with pytest.raises(ValidationError, match="why"):
        move_task(task=task, due_at=now + 3 * HOUR, reason=" ", by=ward_nurse, at=now)
    moved = move_task(task=task, due_at=now + 3 * HOUR, reason="At clinic", by=ward_nurse, at=now)
    assert (moved.due_at, moved.moved_because) == (now + 3 * HOUR, "At clinic")
    detail = AuditEvent.objects.get(verb="task-moved").detail
    assert detail["was"] == task.due_at.isoformat()


def test_the_change_form_keeps_what_was_typed(signed_in, task, ward_nurse, now):
    page = reverse("rounds:task-change", args=[task.pk])
    later = wall(now + 30 * HOUR)
    moved = {"due_at_0": f"{later:%d/%m/%Y}", "due_at_1": f"{later:%H:%M}", "reason": ""}
    browser = signed_in(ward_nurse)
    answer = browser.post(page, moved | {"assigned_to": str(ward_nurse.pk)})
    assert answer.status_code == 422
    assert 'id="id_reason_error"' in answer.content.decode()
    task.refresh_from_db()
    assert task.assigned_to is None, "half of it was saved"
    assert browser.post(page, moved | {"reason": "At clinic"}).status_code == 302


@pytest.mark.parametrize("ending", ["done", "nobody_home", "refused"])
def test_an_ending_speaks_for_itself(task, ward_nurse, now, ending):
    ended = complete_task(task=task, ending=ending, by=ward_nurse, at=now)
    assert (ended.ending, ended.outcome) == (ending, Task.Ending(ending).label)


def test_what_is_cancelled_says_why(signed_in, task, ward_nurse, now):
    with pytest.raises(ValidationError, match="why"):
        complete_task(task=task, ending="cancelled", by=ward_nurse, at=now)
    page = reverse("rounds:task-complete", args=[task.pk])
    answer = signed_in(ward_nurse).post(page, {"ending": "cancelled"})
    assert answer.status_code == 422
    assert 'id="id_outcome_error"' in answer.content.decode()


def test_bloods_leave_a_result_to_be_chased(admission, task, ward_nurse, now):
    Task.objects.filter(pk=task.pk).update(kind="bloods", text="CRP")
    complete_task(task=Task.objects.get(), chase=True, by=ward_nurse, at=now)
    chased = Task.objects.get(kind="result")
    assert chased.text == "Result: CRP"
    assert wall(chased.due_at).time() == dt.time(12)
    assert chased.due_at > now


def test_bloods_that_were_not_taken_have_no_result(task, ward_nurse, now):
    Task.objects.filter(pk=task.pk).update(kind="bloods")
    complete_task(task=Task.objects.get(), ending="nobody_home", chase=True, by=ward_nurse, at=now)
    assert Task.objects.count() == 1


def test_a_double_click_ends_a_task_once_and_says_nothing_is_wrong(signed_in, task, ward_nurse):
    page = reverse("rounds:task-complete", args=[task.pk])
    browser = signed_in(ward_nurse)
    answers = [browser.post(page, {"ending": "nobody_home"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert AuditEvent.objects.filter(verb="task-done").count() == 1


def test_a_slip_of_the_thumb_is_put_back(signed_in, task, ward_nurse, now):
    complete_task(task=task, ending="refused", by=ward_nurse, at=now)
    page = reverse("rounds:task-reopen", args=[task.pk])
    assert signed_in(ward_nurse).post(page).status_code == 302
    task.refresh_from_db()
    assert (task.done_at, task.ending, task.outcome) == (None, "", "")


def test_nothing_is_put_back_for_who_has_left(admission, task, ward_nurse, now):
    complete_task(task=task, by=ward_nurse, at=now)
    discharge(admission=admission, destination="home", by=ward_nurse, at=now)
    with pytest.raises(ValidationError, match="left"):
        reopen_task(task=task, by=ward_nurse, at=now)


def test_who_takes_it_on_elsewhere_is_named(task, ward_nurse, now):
    handed = hand_over_task(task=task, to="District nurses", by=ward_nurse, at=now)
    assert (handed.ending, handed.handed_to) == ("handed_over", "District nurses")


def test_a_task_that_was_not_done_is_offered_again_a_day_later(
    signed_in, admission, task, ward_nurse, now
):
    complete_task(task=task, ending="nobody_home", by=ward_nurse, at=now)
    page = reverse("rounds:task-create", args=[admission.pk])
    told = signed_in(ward_nurse).get(f"{page}?again={task.pk}").content.decode()
    assert f'value="{task.text}"' in told
    assert f"{wall(task.due_at + 24 * HOUR):%d/%m/%Y}" in told


def test_a_task_leads_back_to_the_page_it_was_ended_from(signed_in, task, ward, ward_nurse):
    visits = reverse("rounds:ward-visits", args=[ward.code])
    page = reverse("rounds:task-complete", args=[task.pk])
    browser = signed_in(ward_nurse)
    assert browser.post(f"{page}?next={visits}", {"ending": "done"}).url == visits
    elsewhere = browser.post(f"{page}?next=https://evil.example/", {"ending": "done"})
    assert "evil" not in elsewhere.url


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager"])
def test_only_those_who_treat_change_a_task(task, who, request, now):
    by = request.getfixturevalue(who)
    for act in (
        lambda: assign_task(task=task, to=None, by=by, at=now),
        lambda: move_task(task=task, due_at=now, reason="Why", by=by, at=now),
        lambda: reopen_task(task=task, by=by, at=now),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ending": "done"},
        {"number": 3, "of": 2},
        {"number": 0},
    ],
)
def test_the_database_keeps_a_task_whole(task, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**wrong)
