"""A discharge and an acknowledgement at the same moment: one after the other, nothing half done."""

import datetime as dt

import pytest

from observations.actions.alerts import AlertRefusedError, acknowledge
from observations.models import Alert
from rounds.actions.stays import discharge_with_open
from tests.capacity.factories import make_ward
from tests.patients.factories import make_admission, make_clinician
from tests.races import at_once
from tests.rounds.factories import make_alert

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", range(3))
def test_discharge_and_acknowledgement_never_wait_for_each_other(turn):
    ward = make_ward()
    nurse = make_clinician(ward)
    began = dt.datetime.now(dt.UTC)
    admission = make_admission(ward=ward, at=began - dt.timedelta(hours=2))
    alert = make_alert(admission, at=began)
    answers = at_once(
        lambda: discharge_with_open(admission=admission, destination="died", by=nurse),
        lambda: acknowledge(alert=alert, by=nurse),
    )
    raised = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(error, AlertRefusedError) for error in raised), raised
    alert.refresh_from_db()
    admission.refresh_from_db()
    assert not admission.is_open
    assert alert.closed_at is not None
    assert not Alert.objects.open().exists()


def test_two_clinicians_who_discharge_at_once_end_with_one_departure():
    ward = make_ward()
    nurse, lead = make_clinician(ward), make_clinician(ward, role="ward_clinician", senior=False)
    began = dt.datetime.now(dt.UTC)
    admission = make_admission(ward=ward, at=began - dt.timedelta(hours=2))
    answers = at_once(
        lambda: discharge_with_open(admission=admission, destination="home", by=nurse),
        lambda: discharge_with_open(admission=admission, destination="hospital", by=lead),
    )
    assert len([one for one in answers if isinstance(one, Exception)]) == 1
    admission.refresh_from_db()
    assert admission.destination in ("home", "hospital")
