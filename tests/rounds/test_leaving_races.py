"""A discharge and an acknowledgement at the same moment: one after the other, nothing half done."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from capacity.models import Stay
from capacity.refusals import BedRefused
from observations.actions.alerts import AlertRefusedError, acknowledge
from observations.models import Alert
from patients.actions.admissions import transfer
from patients.actions.admissions.written import Medicine, Written
from patients.models import Admission, Discharge, MedicineChange
from rounds.actions.experience import Told
from rounds.actions.stays import discharge_with_open
from rounds.models import Experience
from tests.capacity.factories import make_beds, make_ward
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


@pytest.mark.parametrize("turn", range(3))
def test_discharge_and_transfer_at_once_end_with_one_bed_or_none(turn):
    ward = make_ward()
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    bed = make_beds(other, 1)[0]
    nurse = make_clinician(ward)
    began = dt.datetime.now(dt.UTC)
    admission = make_admission(ward=ward, at=began - dt.timedelta(hours=2))
    mine, theirs = (Admission.objects.get(pk=admission.pk) for _ in range(2))
    answers = at_once(
        lambda: discharge_with_open(admission=mine, destination="home", by=nurse),
        lambda: transfer(admission=theirs, ward=other, bed=bed, agreed_with="S. Hill", by=nurse),
    )
    raised = [one for one in answers if isinstance(one, Exception)]
    assert len(raised) == 1, answers
    assert isinstance(raised[0], ValidationError | BedRefused)
    admission.refresh_from_db()
    here = Stay.objects.current().filter(spell=admission.spell)
    assert here.count() == (1 if admission.is_open else 0)
    assert (admission.ward == other) is admission.is_open
    assert hasattr(admission, "discharge") is False


def test_two_forms_sent_at_once_write_one_discharge():
    ward = make_ward()
    nurse = make_clinician(ward)
    began = dt.datetime.now(dt.UTC)
    admission = make_admission(ward=ward, at=began - dt.timedelta(hours=2))
    written = Written(medicines="listed", changes=(Medicine("Doxycycline", "stopped", "Rash"),))

    def act():
        discharge_with_open(
            admission=Admission.objects.get(pk=admission.pk),
            destination="home",
            written=written,
            experience=Told(state="declined"),
            by=nurse,
        )

    answers = at_once(act, act)
    assert len([one for one in answers if isinstance(one, Exception)]) == 1
    assert Discharge.objects.filter(admission=admission).count() == 1
    assert MedicineChange.objects.count() == 1
    assert Experience.objects.count() == 1
