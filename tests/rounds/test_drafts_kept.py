"""What was typed and never signed is forgotten some days after the patient left, and no earlier."""

import datetime as dt
from uuid import uuid4

import pytest

from patients.actions.admissions import discharge
from rounds.actions.drafts import KEPT_AFTER_LEAVING, save_draft
from rounds.models import ReviewDraft
from rounds.tasks import purge_old_drafts
from tests.patients.factories import make_admission

DAY = dt.timedelta(days=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 30 * DAY)


@pytest.fixture
def draft(admission, ward_nurse, now):
    return save_draft(
        admission=admission,
        token=uuid4(),
        version=0,
        known=0,
        typed={"findings": "Brighter"},
        by=ward_nurse,
        at=now - 12 * DAY,
    )


@pytest.mark.parametrize(("since", "kept"), [(-DAY / 24, True), (DAY / 24, False)])
def test_a_draft_goes_some_days_after_its_patient(admission, draft, ward_nurse, now, since, kept):
    left = now - KEPT_AFTER_LEAVING - since
    discharge(admission=admission, destination="home", by=ward_nurse, at=left)
    purge_old_drafts()
    assert ReviewDraft.objects.exists() is kept


def test_the_draft_of_who_is_still_here_stays_however_old(draft):
    purge_old_drafts()
    assert ReviewDraft.objects.get() == draft
