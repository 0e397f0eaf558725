"""Two people at one handover at the same moment, each with a connection of their own."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from patients.models import Admission
from rounds.actions.handover_notes import NoteMovedError, Typed, save_note
from rounds.actions.handovers import (
    accept_handover,
    decline_handover,
    offer_handover,
    take_over,
    withdraw_handover,
)
from rounds.board import held
from rounds.models import Handover, HandoverNote
from tests.capacity.factories import make_ward
from tests.patients.factories import make_admission, make_clinician
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ward(transactional_db):
    return make_ward()


@pytest.fixture
def giver(ward):
    return make_clinician(ward)


@pytest.fixture
def takers(ward):
    roles = ("ward_clinician", "out_of_hours_clinician")
    return [make_clinician(ward, role=role) for role in roles]


@pytest.fixture
def offered(ward, giver):
    return offer_handover(ward=ward, by=giver)


def _raised(*acts):
    return [answer for answer in at_once(*acts) if isinstance(answer, Exception)]


@pytest.mark.parametrize("turn", range(3))
def test_of_two_who_accept_at_once_one_wins(turn, ward, offered, takers):
    raised = _raised(*[lambda by=by: accept_handover(handover=offered, by=by) for by in takers])
    assert [error.code for error in raised] == ["accepted"]
    holder = held.by(ward, dt.datetime.now(dt.UTC))
    assert holder is not None
    assert holder.user_id == Handover.objects.get(pk=offered.pk).accepted_by_id


@pytest.mark.parametrize("other", [withdraw_handover, decline_handover])
@pytest.mark.parametrize("turn", range(2))
def test_accepted_and_withdrawn_or_declined_at_once_it_is_one_of_them(
    turn, other, ward, offered, takers
):
    more = {"reason": "Busy"} if other is decline_handover else {}
    raised = _raised(
        lambda: accept_handover(handover=offered, by=takers[0]),
        lambda: other(handover=offered, by=takers[1], **more),
    )
    assert [type(error) for error in raised] == [ValidationError]
    Handover.objects.get(pk=offered.pk)


@pytest.mark.parametrize("turn", range(3))
def test_of_two_offers_at_once_one_waits(turn, ward, takers):
    raised = _raised(*[lambda by=by: offer_handover(ward=ward, by=by) for by in takers])
    assert [error.code for error in raised] == ["waiting"]
    assert Handover.objects.waiting().count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_accepting_and_taking_over_at_once_leave_one_holder(turn, ward, offered, takers):
    raised = _raised(
        lambda: accept_handover(handover=offered, by=takers[0]),
        lambda: take_over(ward=ward, by=takers[1]),
    )
    assert all(isinstance(error, ValidationError) for error in raised)
    assert len(raised) <= 1
    holder = held.by(ward, dt.datetime.now(dt.UTC))
    assert holder is not None
    assert holder.user_id in {taker.pk for taker in takers}
    assert Handover.objects.waiting().count() == 0


@pytest.mark.parametrize("turn", range(3))
def test_of_two_who_begin_a_note_at_once_the_slower_is_told(turn, ward, takers):
    admission = make_admission(ward=ward)
    here = Admission.objects.get(pk=admission.pk)
    raised = _raised(
        *[
            lambda by=by: save_note(
                ward=ward,
                admission=here,
                version=0,
                typed=Typed(f"by {by.pk}", "", agreed=False),
                by=by,
            )
            for by in takers
        ]
    )
    assert [type(error) for error in raised] == [NoteMovedError]
    assert HandoverNote.objects.count() == 1
