"""Who holds a ward's patients: whoever accepted last, until their time runs out."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction

from accounts.models import AuditEvent
from lib.london import to_utc
from patients.actions.admissions.moving import transfer
from rounds.actions.handover_notes import NoteMovedError, Typed, save_note, typed_of
from rounds.actions.handovers import (
    NewLine,
    Outside,
    accept_handover,
    decline_handover,
    offer_handover,
    record_outside,
    take_over,
    usual_until,
    withdraw_handover,
)
from rounds.board import held
from rounds.models import Handover, HandoverLine, HandoverNote
from tests.patients.factories import make_admission

pytestmark = pytest.mark.django_db
EVENING = dt.datetime(2023, 12, 13, 19, 40, tzinfo=dt.UTC)
LATER = EVENING + dt.timedelta(minutes=9)
MORNING = dt.datetime(2023, 12, 14, 8, tzinfo=dt.UTC)
HALF_AN_HOUR = dt.timedelta(minutes=30)


def line(admission, **more):
    told: dict[str, Any] = {
        "expected": True,
        "level": "urgent",
        "name": "TEST, Ann",
        "about": "81 F",
        "situation": "NEWS2 6.",
        "background": "Frailty.",
        "assessment": "Usual NEWS2 1.",
        "recommendation": "Call at 22:00.",
    }
    return NewLine(admission=admission.pk, **(told | more))


def holder(ward, at):
    found = held.by(ward, at)
    return found.user_id if found else None


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward, at=EVENING - dt.timedelta(days=3))


def test_until_somebody_accepts_nobody_else_holds_the_patients(ward, ward_nurse):
    offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    assert holder(ward, LATER) == ward_nurse.pk


def test_a_colleague_who_offers_takes_nothing_from_the_holder(ward, ward_nurse, ward_doctor):
    take_over(ward=ward, by=ward_doctor, at=EVENING - dt.timedelta(hours=3))
    offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    assert holder(ward, LATER) == ward_doctor.pk


def test_whoever_accepted_holds_them_and_is_told_by_name(ward, ward_nurse, out_of_hours):
    offered = offer_handover(ward=ward, by=ward_nurse, to=out_of_hours, at=EVENING)
    accept_handover(handover=offered, by=out_of_hours, team="out of hours", phone="1", at=LATER)
    found = held.by(ward, LATER)
    assert found is not None
    assert (found.name, found.team) == (out_of_hours.short_name, "out of hours")
    verbs = AuditEvent.objects.filter(subject_id=str(offered.pk)).values_list("verb", flat=True)
    assert set(verbs) == {"handover-offered", "handover-accepted"}


@pytest.mark.parametrize(
    ("when", "until"),
    [
        # Near the hour it is for what comes after it, and half an hour more.
        (EVENING, MORNING + HALF_AN_HOUR),
        (MORNING - dt.timedelta(minutes=15), MORNING + dt.timedelta(hours=12, minutes=30)),
        (MORNING + dt.timedelta(hours=5), MORNING + dt.timedelta(hours=12, minutes=30)),
        (EVENING + dt.timedelta(hours=1), MORNING + HALF_AN_HOUR),
        # The night in which the clocks go back.
        (
            to_utc(dt.date(2026, 10, 24), dt.time(19, 40)),
            to_utc(dt.date(2026, 10, 25), dt.time(8, 30)),
        ),
    ],
)
def test_it_is_handed_over_until_the_wards_next_hour(ward, when, until):
    assert usual_until(ward, when) == until


def test_the_ward_is_unwatched_from_the_instant_that_the_acceptance_runs_out(
    ward, ward_nurse, out_of_hours
):
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    accept_handover(handover=offered, by=out_of_hours, at=LATER)
    ends = MORNING + HALF_AN_HOUR
    assert holder(ward, ends - dt.timedelta(microseconds=1)) == out_of_hours.pk
    assert holder(ward, ends) is None
    watch = held.watch_of(ward, ends)
    assert watch.unwatched_since == ends
    assert watch.last is not None
    assert watch.last.name == out_of_hours.short_name


def test_a_handover_is_accepted_once(ward, ward_nurse, out_of_hours, ward_lead):
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    accept_handover(handover=offered, by=out_of_hours, at=LATER)
    with pytest.raises(ValidationError, match="already"):
        accept_handover(handover=offered, by=ward_lead, at=LATER)


def test_nobody_accepts_what_they_offered(ward, ward_nurse):
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    with pytest.raises(ValidationError, match="You offered it"):
        accept_handover(handover=offered, by=ward_nurse, at=LATER)


def test_what_was_for_a_time_gone_by_is_not_accepted(ward, ward_nurse, out_of_hours):
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    with pytest.raises(ValidationError, match="has passed"):
        accept_handover(handover=offered, by=out_of_hours, at=MORNING + HALF_AN_HOUR)


def test_declining_tells_the_giver_why_and_leaves_the_ward_theirs(ward, ward_nurse, out_of_hours):
    offered = offer_handover(ward=ward, by=ward_nurse, to=out_of_hours, at=EVENING)
    decline_handover(handover=offered, by=out_of_hours, reason="I am at a visit", at=LATER)
    watch = held.watch_of(ward, LATER)
    assert watch.holder is not None
    assert watch.holder.user_id == ward_nurse.pk
    assert watch.offered is not None
    assert watch.offered.declined is not None
    assert watch.offered.declined.reason == "I am at a visit"
    with pytest.raises(ValidationError, match="declined"):
        accept_handover(handover=offered, by=out_of_hours, at=LATER)


def test_a_decline_without_a_reason_is_refused(ward, ward_nurse, out_of_hours):
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    with pytest.raises(ValidationError, match="Say why"):
        decline_handover(handover=offered, by=out_of_hours, reason=" ", at=LATER)


def test_an_offer_is_withdrawn_and_another_can_be_made(
    ward, admission, ward_nurse, out_of_hours, ward_lead
):
    first = offer_handover(
        ward=ward, by=ward_nurse, to=out_of_hours, lines=[line(admission)], at=EVENING
    )
    with pytest.raises(ValidationError, match="withdraw that first"):
        offer_handover(ward=ward, by=ward_lead, lines=[line(admission)], at=LATER)
    withdraw_handover(handover=first, by=ward_nurse, at=LATER)
    assert HandoverNote.objects.get().recommendation == "Call at 22:00."
    assert held.watch_of(ward, LATER).offered is None
    offer_handover(ward=ward, by=ward_lead, lines=[line(admission)], at=LATER)
    assert HandoverNote.objects.count() == 0


def test_whoever_takes_over_ends_what_was_offered_to_others(
    ward, ward_nurse, out_of_hours, ward_doctor
):
    offered = offer_handover(ward=ward, by=ward_nurse, to=out_of_hours, at=EVENING)
    take_over(ward=ward, by=ward_doctor, at=LATER)
    assert holder(ward, LATER) == ward_doctor.pk
    with pytest.raises(ValidationError, match="withdrawn"):
        accept_handover(handover=offered, by=out_of_hours, at=LATER)


def test_a_number_that_was_given_once_is_kept(ward, ward_nurse, out_of_hours):
    take_over(ward=ward, by=out_of_hours, phone="07700 900 555", team="Night", at=EVENING)
    take_over(ward=ward, by=ward_nurse, at=EVENING + HALF_AN_HOUR)
    take_over(ward=ward, by=out_of_hours, at=EVENING + 2 * HALF_AN_HOUR)
    found = held.by(ward, EVENING + 2 * HALF_AN_HOUR)
    assert found is not None
    assert (found.phone, found.team) == ("07700 900 555", "Night")


def test_somebody_outside_holds_the_ward_from_when_they_accepted(ward, admission, ward_nurse):
    outside = Outside("Sam Night", "GP out of hours", "111", "by phone, read back", EVENING)
    record_outside(ward=ward, receiver=outside, by=ward_nurse, lines=[line(admission)], at=LATER)
    found = held.by(ward, EVENING)
    assert found is not None
    assert (found.name, found.team, found.phone) == ("Sam Night", "GP out of hours", "111")
    assert found.user_id is None


@pytest.mark.parametrize("hours", [13, -1])
def test_what_was_accepted_outside_is_told_the_same_shift(ward, ward_nurse, hours):
    told = EVENING - dt.timedelta(hours=hours)
    outside = Outside("Sam Night", "GP out of hours", "111", "by phone", told)
    with pytest.raises(ValidationError, match="when they accepted"):
        record_outside(ward=ward, receiver=outside, by=ward_nurse, at=EVENING)


def test_an_acceptance_told_late_reaches_not_behind_anothers(ward, ward_nurse, ward_doctor):
    take_over(ward=ward, by=ward_doctor, at=EVENING)
    outside = Outside("Sam Night", "GP", "111", "by phone", EVENING - HALF_AN_HOUR)
    with pytest.raises(ValidationError, match="after that"):
        record_outside(ward=ward, receiver=outside, by=ward_nurse, at=LATER)


def test_only_those_who_treat_on_the_ward_offer_and_accept(ward, ward_nurse, other_nurse):
    with pytest.raises(PermissionDenied):
        offer_handover(ward=ward, by=other_nurse, at=EVENING)
    with pytest.raises(ValidationError, match="does not treat"):
        offer_handover(ward=ward, by=ward_nurse, to=other_nurse, at=EVENING)
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    for act in (accept_handover, withdraw_handover):
        with pytest.raises(PermissionDenied):
            act(handover=offered, by=other_nurse, at=LATER)
    with pytest.raises(PermissionDenied):
        take_over(ward=ward, by=other_nurse, at=LATER)


def test_the_list_is_everybody_on_the_ward(ward, admission, ward_nurse):
    with pytest.raises(ValidationError, match="came or left meanwhile"):
        offer_handover(ward=ward, by=ward_nurse, lines=[], at=EVENING)


def test_nobody_at_risk_is_handed_over_without_a_word(ward, admission, ward_nurse):
    bare = [line(admission, recommendation=" ")]
    with pytest.raises(ValidationError, match="what is to be done for TEST, Ann"):
        offer_handover(ward=ward, by=ward_nurse, lines=bare, at=EVENING)
    quiet = [line(admission, recommendation="", expected=False)]
    assert offer_handover(ward=ward, by=ward_nurse, lines=quiet, at=EVENING).lines.count() == 1


@pytest.mark.parametrize("hours", [0, 97])
def test_a_time_gone_by_or_too_far_is_refused(ward, ward_nurse, hours):
    until = EVENING + dt.timedelta(hours=hours)
    with pytest.raises(ValidationError, match="within four days"):
        take_over(ward=ward, by=ward_nurse, until=until, at=EVENING)


def test_whoever_moves_to_another_ward_is_held_by_its_holder(
    ward, admission, ward_nurse, ward_lead, ward_doctor, settings
):
    from tests.capacity.factories import make_beds, make_ward
    from tests.cast import OTHER_WARD, with_role

    other = make_ward(OTHER_WARD, name="Elsewhere")
    (bed,) = make_beds(other, 1)
    with_role(ward_doctor, "ward_clinician", "ward", OTHER_WARD)
    take_over(ward=ward, by=ward_nurse, at=EVENING)
    take_over(ward=other, by=ward_doctor, at=EVENING)
    transfer(admission=admission, ward=other, bed=bed, by=ward_doctor, at=LATER)
    admission.refresh_from_db()
    assert holder(admission.ward, LATER) == ward_doctor.pk


def test_an_answered_handover_never_changes(ward, admission, ward_nurse, out_of_hours):
    offered = offer_handover(ward=ward, by=ward_nurse, lines=[line(admission)], at=EVENING)
    accept_handover(handover=offered, by=out_of_hours, at=LATER)
    found = Handover.objects.filter(pk=offered.pk)
    with pytest.raises(InternalError, match="never_changes"), transaction.atomic():
        found.update(until=LATER + dt.timedelta(days=2))
    with pytest.raises(InternalError, match="a_handover_is_kept"), transaction.atomic():
        found._raw_delete("default")
    with pytest.raises(InternalError, match="line_never_changes"), transaction.atomic():
        HandoverLine.objects.update(recommendation="another")
    with pytest.raises(InternalError, match="no_line_joins"), transaction.atomic():
        HandoverLine.objects.create(handover=offered, admission=make_admission(ward=ward))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"declined_at": LATER}, "declined_handover_has_its_person"),
        ({"withdrawn_at": LATER}, "withdrawn_handover_has_its_person"),
        ({"accepted_at": LATER}, "names_its_receiver"),
        ({"accepted_at": LATER, "until": LATER}, "accepted_within_its_time|names_its_receiver"),
    ],
)
def test_an_answer_has_its_person(ward, ward_nurse, fields, constraint):
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Handover.objects.filter(pk=offered.pk).update(**fields)


# Notes


def _note(ward, admission, by, words, version=0, at=EVENING):
    typed = Typed(recommendation=words, escalate="", agreed=False)
    return save_note(ward=ward, admission=admission, version=version, typed=typed, by=by, at=at)


def test_what_is_typed_is_kept_and_grows_with_its_version(ward, admission, ward_nurse):
    first = _note(ward, admission, ward_nurse, "Call")
    assert first is not None
    second = _note(ward, admission, ward_nurse, "Call at 22:00", first.version)
    assert second is not None
    assert (second.version, typed_of(second).recommendation) == (2, "Call at 22:00")
    assert HandoverNote.objects.count() == 1


def test_two_people_never_write_over_each_other_unseen(ward, admission, ward_nurse, ward_doctor):
    _note(ward, admission, ward_nurse, "Call at 22:00")
    with pytest.raises(NoteMovedError) as moved:
        _note(ward, admission, ward_doctor, "Visit")
    assert moved.value.note.recommendation == "Call at 22:00"
    assert HandoverNote.objects.get().recommendation == "Call at 22:00"
    _note(ward, admission, ward_doctor, "Visit", moved.value.note.version)
    assert HandoverNote.objects.get().recommendation == "Visit"


def test_the_same_words_twice_are_one_save(ward, admission, ward_nurse, ward_doctor):
    _note(ward, admission, ward_nurse, "Visit")
    kept = _note(ward, admission, ward_doctor, "Visit")
    assert kept is not None
    assert kept.version == 1


def test_words_of_another_shift_are_nobodys_draft(ward, admission, ward_nurse):
    _note(ward, admission, ward_nurse, "Yesterday", at=EVENING - dt.timedelta(hours=13))
    fresh = _note(ward, admission, ward_nurse, "Today")
    assert fresh is not None
    assert HandoverNote.objects.get().recommendation == "Today"


def test_nothing_typed_makes_no_note(ward, admission, ward_nurse):
    assert _note(ward, admission, ward_nurse, " ") is None
    assert HandoverNote.objects.count() == 0


def test_nobody_elsewhere_writes_one(ward, admission, other_nurse):
    with pytest.raises(PermissionDenied):
        _note(ward, admission, other_nurse, "Call")
