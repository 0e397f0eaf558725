"""What was done and looked at is written once, and never altered."""

import datetime as dt

import pytest
from django.db import InternalError, transaction
from django.test import RequestFactory

from accounts import audit
from accounts.models import AuditEvent, Look, User

AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
POLL = {"HX-Request": "true", "X-Poll": "1"}


def look(
    user: User,
    minutes: float = 0,
    *,
    page: str = "ward-board",
    headers: dict[str, str] | None = None,
) -> None:
    request = RequestFactory().get("/", headers=headers)
    request.user = user
    audit.look(request, page=page, subject=user, at=AT + dt.timedelta(minutes=minutes))


def test_what_the_system_does_is_done_by_nobody(ward_nurse: User):
    event = audit.record(by=None, verb="swept", subject=ward_nurse, detail={"n": 1}, at=AT)
    event.refresh_from_db()
    assert event.by is None
    assert (event.subject_kind, event.subject_id) == ("user", str(ward_nurse.pk))


@pytest.mark.parametrize("model", [AuditEvent, Look])
def test_a_line_of_the_audit_can_neither_change_nor_go(model, ward_nurse: User):
    audit.record(by=ward_nurse, verb="tried", subject=ward_nurse)
    look(ward_nurse)
    with pytest.raises(InternalError, match="insert_only"), transaction.atomic():
        model.objects.update(subject_id="somebody else")
    with pytest.raises(InternalError, match="insert_only"), transaction.atomic():
        model.objects.all()._raw_delete(model.objects.db)
    assert model.objects.exists()


def test_a_look_is_written_once_in_a_quarter_of_an_hour(ward_nurse: User):
    for minutes in (0, 1, 14.9):
        look(ward_nurse, minutes)
    assert Look.objects.count() == 1
    look(ward_nurse, 15)
    assert Look.objects.count() == 2


def test_another_page_and_another_person_are_another_look(ward_nurse: User, ward_lead: User):
    look(ward_nurse)
    look(ward_nurse, page="patient")
    look(ward_lead)
    assert Look.objects.count() == 3


def test_a_poll_is_no_look(ward_nurse: User):
    look(ward_nurse)
    look(ward_nurse, 60, headers=POLL)
    assert Look.objects.count() == 1


def test_a_poll_that_no_look_came_before_is_written_down(ward_nurse: User):
    """Otherwise a header sent by hand would read every patient unseen."""
    look(ward_nurse, headers=POLL)
    assert Look.objects.count() == 1
