"""A review that was written about the wrong patient is taken back, and hides nobody any more."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from observations.models import Standing
from rounds.actions.reviews import (
    Decided,
    NewTask,
    ReviewedMeanwhileError,
    Written,
    correct_review,
    decide,
    review,
    withdraw_review,
)
from rounds.actions.rounds import start_round
from rounds.board import board
from rounds.models import Review
from rounds.patient.history import history
from rounds.presenters.patient_timeline import entries
from rounds.presenters.withdrawing import decided_with, not_reviewed
from rounds.round.happened import happened
from rounds.round.listed import listed
from tests.patients.factories import make_admission
from tests.rounds.factories import MEDIUM, make_set

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(at=now - 48 * HOUR)


def _review(admission, by, at, kind="nurse"):
    return review(admission=admission, kind=kind, seen="phone", findings="Well.", by=by, at=at)


def _withdraw(wrong, by, at, token=None):
    token = token or uuid.uuid4()
    return withdraw_review(review=wrong, reason="Wrong window", token=token, by=by, at=at)


def test_who_was_reviewed_by_it_alone_is_unreviewed_again(admission, now, ward, ward_nurse):
    make_set(admission, MEDIUM, at=now - 9 * HOUR)
    wrong = _review(admission, ward_nurse, now - 2 * HOUR)
    assert board(ward, user=ward_nurse, at=now).rows[0].level == "stale"
    _withdraw(wrong, ward_nurse, now)
    assert board(ward, user=ward_nurse, at=now).rows[0].level == "urgent"
    standing = Standing.objects.get(pk=admission.pk)
    assert (standing.reviewed_at, standing.unreviewed_response) == (None, "medium")


def test_the_review_before_it_counts_again(admission, now, ward, ward_nurse):
    make_set(admission, MEDIUM, at=now - 9 * HOUR)
    real = _review(admission, ward_nurse, now - 8 * HOUR)
    _withdraw(_review(admission, ward_nurse, now - 2 * HOUR), ward_nurse, now)
    standing = Standing.objects.get(pk=admission.pk)
    assert (standing.reviewed_at, standing.unreviewed_response) == (real.at, "")


def test_what_came_between_the_two_has_not_been_looked_at(admission, now, ward_nurse):
    _review(admission, ward_nurse, now - 10 * HOUR)
    make_set(admission, MEDIUM, at=now - 9 * HOUR)
    _withdraw(_review(admission, ward_nurse, now - 2 * HOUR), ward_nurse, now)
    assert Standing.objects.get(pk=admission.pk).unreviewed_response == "medium"


def test_both_stay_in_the_record_with_who_and_why(admission, now, ward_nurse):
    wrong = _review(admission, ward_nurse, now - 2 * HOUR)
    last = _withdraw(wrong, ward_nurse, now)
    assert (last.corrects, last.at, last.corrected_at) == (wrong, wrong.at, now)
    assert (last.findings, last.correction_reason) == ("", "Wrong window")
    assert Review.objects.count() == 2
    assert not Review.objects.standing().exists()
    event = AuditEvent.objects.get(verb="review-withdrawn")
    assert (event.by, event.detail["corrects"]) == (ward_nurse, str(wrong.pk))


def test_what_is_withdrawn_is_not_withdrawn_again(admission, now, ward_nurse):
    withdrawn = _withdraw(_review(admission, ward_nurse, now - 2 * HOUR), ward_nurse, now)
    with pytest.raises(ValidationError, match="already"):
        _withdraw(withdrawn, ward_nurse, now)


def test_no_version_of_it_is_read_as_this_patients(admission, now, ward_nurse):
    """Corrected first and withdrawn then: neither stands among what happened, both are marked."""
    given = Written(kind="nurse", seen="phone", findings="Wheezy.")
    corrected = correct_review(
        review=_review(admission, ward_nurse, now - 2 * HOUR),
        written=given,
        reason="Wrong word",
        token=uuid.uuid4(),
        by=ward_nurse,
        at=now - HOUR,
    )
    _withdraw(corrected, ward_nurse, now)
    told = [
        (event.what, event.words.strip()) for event in happened(admission.pk, now - 3 * HOUR, now)
    ]
    assert [one for one in told if one[0] in {"review", "withdrawal"}] == [("withdrawal", "")]
    known = entries(history(admission, until=now), now)
    struck = [one.struck for one in known if one.strong == "Reviewed (withdrawn since)"]
    assert sorted(struck) == ["Corrected: Wrong word. Wheezy.", "Well."]


def test_a_round_and_the_board_say_the_same_of_a_corrected_review(
    admission, now, ward, ward_nurse, ward_doctor
):
    on = start_round(ward=ward, shift="morning", by=ward_nurse, at=now - 3 * HOUR)
    wrong = _review(admission, ward_doctor, now - 2 * HOUR, kind="senior")
    given = Written(kind="nurse", seen="visit", findings="Well.")
    correct_review(
        review=wrong, written=given, reason="Kind", token=uuid.uuid4(), by=ward_doctor, at=now
    )
    shown, listed_ = (
        board(ward, user=ward_nurse, at=now).rows[0].review,
        listed(on, at=now).lines[0].review,
    )
    assert shown
    assert listed_
    assert (shown.at, shown.kind, shown.by) == (listed_.at, listed_.kind, listed_.by)
    assert listed_.kind == "nurse"


def test_sent_twice_it_is_withdrawn_once(admission, now, ward_nurse):
    wrong, token = _review(admission, ward_nurse, now - 2 * HOUR), uuid.uuid4()
    first, again = (_withdraw(wrong, ward_nurse, now, token) for _ in range(2))
    assert first == again


def test_of_two_who_mend_it_the_second_sees_the_first(admission, now, ward_nurse, ward_doctor):
    wrong = _review(admission, ward_nurse, now - 2 * HOUR)
    _withdraw(wrong, ward_nurse, now)
    with pytest.raises(ReviewedMeanwhileError):
        _withdraw(wrong, ward_doctor, now)


def test_it_was_about_this_patient_after_all(admission, now, ward_nurse):
    make_set(admission, MEDIUM, at=now - 9 * HOUR)
    withdrawn = _withdraw(_review(admission, ward_nurse, now - 2 * HOUR), ward_nurse, now - HOUR)
    given = Written(kind="nurse", seen="phone", findings="Well, it was he.")
    right = correct_review(
        review=withdrawn, written=given, reason="Right", token=uuid.uuid4(), by=ward_nurse, at=now
    )
    standing = Standing.objects.get(pk=admission.pk)
    assert (standing.reviewed_at, standing.unreviewed_response) == (right.at, "")


def test_on_a_round_that_goes_on_the_patient_waits_again(admission, now, ward, ward_nurse):
    round_ = start_round(ward=ward, shift="morning", by=ward_nurse, at=now - 3 * HOUR)
    wrong = _review(admission, ward_nurse, now - 2 * HOUR)
    assert listed(round_, at=now).lines[0].review
    _withdraw(wrong, ward_nurse, now)
    assert not listed(round_, at=now).lines[0].review


def test_a_senior_review_of_somebody_else_is_none(admission, now, ward, ward_nurse, ward_doctor):
    wrong = _review(admission, ward_doctor, now - 2 * HOUR, kind="senior")
    assert _senior_at(ward, ward_nurse, now) == wrong.at
    _review(admission, ward_nurse, now - HOUR)
    _withdraw(wrong, ward_doctor, now)
    assert _senior_at(ward, ward_nurse, now) is None


def _senior_at(ward, user, now):
    known = board(ward, user=user, at=now).rows[0].review
    assert known
    return known.senior_at


def test_only_its_writer_or_a_senior_withdraws_it(admission, now, ward_doctor, request):
    wrong = _review(admission, ward_doctor, now - 2 * HOUR)
    for who in ("ward_nurse", "other_nurse", "read_only"):
        with pytest.raises(PermissionDenied):
            _withdraw(wrong, request.getfixturevalue(who), now)


def test_a_withdrawal_corrects_and_says_nothing(admission, now, ward_nurse):
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            admission=admission, kind="nurse", seen="desk", at=now, by=ward_nurse, withdrawn=True
        )


def test_times_are_londons(admission, ward_nurse):
    at = dt.datetime(2026, 7, 1, 8, 15, tzinfo=dt.UTC)
    _review(admission, ward_nurse, at)
    assert not_reviewed(admission) == "this patient was last reviewed Wed 1 Jul, 09:15."


def test_what_was_decided_is_told_after_somebody_else_corrected_it(
    admission, now, ward_nurse, ward_doctor
):
    decided = Decided(tasks=(NewTask("phone", "Call the daughter", now + HOUR),))
    written = Written(kind="nurse", seen="phone", findings="Wheezy.")
    wrong = decide(
        admission=admission,
        written=written,
        decided=decided,
        token=uuid.uuid4(),
        known=0,
        by=ward_nurse,
        at=now - HOUR,
    )
    newest = correct_review(
        review=wrong,
        written=written,
        reason="Checked",
        token=uuid.uuid4(),
        by=ward_doctor,
        at=now,
    )
    (told,) = decided_with(newest, now)
    assert told.startswith("Call the daughter")


def test_the_page_tells_what_was_decided_with_it(admission, now, ward_nurse, signed_in):
    task = NewTask("phone", "Call the daughter", now + HOUR)
    wrong = decide(
        admission=admission,
        written=Written(kind="nurse", seen="phone", findings="Wheezy."),
        decided=Decided(tasks=(task,)),
        token=uuid.uuid4(),
        known=0,
        by=ward_nurse,
        at=now - HOUR,
    )
    browser, page = signed_in(ward_nurse), reverse("rounds:review-withdraw", args=[wrong.pk])
    shown = browser.get(page).content.decode()
    assert "Wheezy." in shown
    assert "Call the daughter" in shown
    assert browser.post(page, {"reason": "", "token": uuid.uuid4()}).status_code == 422
    done = browser.post(page, {"reason": "Wrong window", "token": uuid.uuid4()}, follow=True)
    told = done.content.decode()
    assert "this patient has not been reviewed yet" in told
    assert "Reviewed (withdrawn since)" in told
    assert "Review withdrawn" in told
