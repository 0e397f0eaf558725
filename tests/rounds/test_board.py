"""The board as its page, its poll and its JSON show it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Look
from rounds.board import board
from tests.patients.factories import make_admission, make_patient
from tests.rounds.factories import HIGH, MEDIUM, NORMAL, make_alert, make_set

HX = {"HX-Request": "true", "X-Poll": "1"}
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def url(ward):
    return reverse("rounds:ward-board", args=[ward.code])


def _admit(now, name="Sample", **more):
    return make_admission(
        patient=make_patient(family_name=name, at=now - 49 * HOUR),
        at=now - 48 * HOUR,
        **more,
    )


def test_board_shows_who_needs_somebody_first(ward, now, ward_nurse, signed_in, url):
    calm, worse, worst = (_admit(now, name) for name in ("Calm", "Worse", "Worst"))
    make_set(calm, NORMAL, at=now - HOUR)
    make_set(worse, MEDIUM, at=now - HOUR)
    make_set(worst, HIGH, at=now - HOUR)
    rows = board(ward, user=ward_nurse, at=now).rows
    assert [row.admission for row in rows] == [worst, worse, calm]
    page = signed_in(ward_nurse).get(url)
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index("WORST") < text.index("WORSE") < text.index("CALM")
