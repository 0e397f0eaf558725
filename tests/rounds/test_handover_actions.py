"""Who holds a ward's patients: whoever accepted last."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEvent
from rounds.actions.handovers import accept_handover, offer_handover
from rounds.board import held

pytestmark = pytest.mark.django_db
EVENING = dt.datetime(2023, 12, 13, 19, 40, tzinfo=dt.UTC)
LATER = EVENING + dt.timedelta(minutes=9)


def test_until_somebody_accepts_nobody_else_holds_the_patients(ward, ward_nurse):
    offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    assert held.by(ward, LATER) is None


def test_whoever_accepted_holds_them_and_is_told_by_name(ward, ward_nurse, out_of_hours):
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    accept_handover(handover=offered, by=out_of_hours, team="out of hours", phone="1", at=LATER)
    holder = held.by(ward, LATER)
    assert holder is not None
    assert (holder.name, holder.team) == (out_of_hours.short_name, "out of hours")
    verbs = AuditEvent.objects.filter(subject_id=str(offered.pk)).values_list("verb", flat=True)
    assert set(verbs) == {"handover-offered", "handover-accepted"}


def test_a_handover_is_accepted_once(ward, ward_nurse, out_of_hours, ward_lead):
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    accept_handover(handover=offered, by=out_of_hours, at=LATER)
    with pytest.raises(ValidationError, match="already"):
        accept_handover(handover=offered, by=ward_lead, at=LATER)


def test_only_those_who_treat_on_the_ward_offer_and_accept(ward, ward_nurse, other_nurse):
    with pytest.raises(PermissionDenied):
        offer_handover(ward=ward, by=other_nurse, at=EVENING)
    offered = offer_handover(ward=ward, by=ward_nurse, at=EVENING)
    with pytest.raises(PermissionDenied):
        accept_handover(handover=offered, by=other_nurse, at=LATER)
