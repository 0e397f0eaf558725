"""Two clinicians at the same moment, each with a connection of their own."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from rounds.actions.drafts import DraftMovedError, save_draft
from rounds.actions.reviews import ReviewedMeanwhileError, Written, correct_review, decide, review
from rounds.actions.rounds import end_round, excuse, start_round
from rounds.models import Review, ReviewDraft, Round
from tests.capacity.factories import make_ward
from tests.patients.factories import make_admission, make_clinician
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WELL = Written(kind="nurse", seen="phone", findings="Well.")


@pytest.fixture
def ward(transactional_db):
    return make_ward()


@pytest.fixture
def nurse(ward):
    return make_clinician(ward)


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward, at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=2))


def _together(*acts):
    """What each raised, begun at once."""
    return [answer for answer in at_once(*acts) if isinstance(answer, Exception)]


def _decide(admission, nurse, token=None, **more):
    return lambda: decide(
        admission=admission, written=WELL, token=token or uuid4(), known=0, by=nurse, **more
    )


@pytest.mark.parametrize("turn", range(3))
def test_of_two_reviews_at_once_one_is_written_and_the_other_asked(turn, admission, nurse):
    raised = _together(_decide(admission, nurse), _decide(admission, nurse))
    assert [type(error) for error in raised] == [ReviewedMeanwhileError]
    assert Review.objects.count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_a_form_sent_twice_at_once_is_written_once(turn, admission, nurse):
    token = uuid4()
    assert _together(*[_decide(admission, nurse, token)] * 3) == []
    assert Review.objects.count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_two_starts_of_one_round_are_one_round(turn, ward, admission, nurse):
    make_admission(ward=ward)
    found = []
    starts = [lambda: found.append(start_round(ward=ward, shift="morning", by=nurse))] * 3
    assert _together(*starts) == []
    assert {one.pk for one in found} == {Round.objects.get().pk}
    assert Round.objects.get().places.count() == 2


@pytest.mark.parametrize("turn", range(3))
def test_a_review_written_while_the_round_ends_is_kept(turn, ward, admission, nurse):
    found = start_round(ward=ward, shift="morning", by=nurse)
    reasons = {admission.pk: "In clinic"}
    raised = _together(
        _decide(admission, nurse, on=found),
        lambda: end_round(on=found, reasons=reasons, by=nurse),
    )
    assert raised == []
    written = Review.objects.get()
    place = Round.objects.get().places.get()
    assert (written.round_id is None) == (place.excuse == "In clinic")


def test_a_round_that_ended_is_not_ended_or_excused_from_again(ward, admission, nurse):
    found = start_round(ward=ward, shift="morning", by=nurse)
    end_round(on=found, reasons={admission.pk: "In clinic"}, by=nurse)
    with pytest.raises(ValidationError, match="has ended"):
        end_round(on=found, reasons={}, by=nurse)
    with pytest.raises(ValidationError, match="has ended"):
        excuse(on=found, admission=admission, reason="x", by=nurse)


def test_two_corrections_at_once_are_one_correction(admission, nurse):
    wrong = review(admission=admission, kind="nurse", seen="phone", findings="A", by=nurse)

    def correct():
        correct_review(review=wrong, written=WELL, reason="Wrong", token=uuid4(), by=nurse)

    raised = _together(correct, correct)
    assert [type(error) for error in raised] == [ReviewedMeanwhileError]
    assert Review.objects.filter(corrects=wrong).count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_two_windows_that_begin_a_draft_at_once_keep_one_and_tell_the_other(turn, admission, nurse):
    def keep(words):
        return lambda: save_draft(
            admission=admission,
            token=uuid4(),
            version=0,
            known=0,
            typed={"findings": words},
            by=nurse,
        )

    raised = _together(keep("One."), keep("Another."))
    assert [type(error) for error in raised] == [DraftMovedError]
    assert {ReviewDraft.objects.get().typed["findings"], raised[0].draft.typed["findings"]} <= {
        *("One.", "Another.")
    }
