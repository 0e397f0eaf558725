"""A ward's own questions at leaving: versions, never edited, worded by its lead."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.urls import reverse

from rounds.actions.experience import (
    Asked,
    Told,
    publish_questions,
    questionnaire_of,
    record_experience,
)
from rounds.models import Question, Questionnaire
from tests.capacity.factories import make_ward
from tests.patients.factories import make_admission

SAFE, TOLD = Asked("Did you feel safe?", "choice"), Asked("What was missing?", "words")


def texts(ward):
    now = questionnaire_of(ward)
    assert now is not None
    return [one.text for one in now.questions.all()]


def test_every_ward_asks_whether_the_patient_felt_safe_and_in_control(ward):
    asked = texts(ward)
    assert any("safe" in text for text in asked)
    assert any("in control" in text for text in asked)


def test_a_lead_publishes_a_version_and_answers_keep_theirs(ward, ward_lead, ward_nurse, now):
    first = publish_questions(ward=ward, questions=[SAFE, TOLD], by=ward_lead)
    admission = make_admission(ward=ward)
    question = first.questions.all()[0]
    told = Told("answered", "patient", first.pk, {question.pk: "yes"})
    second = publish_questions(ward=ward, questions=[TOLD], by=ward_lead)
    kept = record_experience(admission=admission, told=told, by=ward_nurse)
    assert (first.number, second.number) == (1, 2)
    assert [one.question for one in kept.answers.all()] == [question]
    assert questionnaire_of(ward) == second
    assert questionnaire_of(make_ward("RT5-elsewhere")) != second


def test_the_same_questions_make_no_new_version(ward, ward_lead):
    first = publish_questions(ward=ward, questions=[SAFE], by=ward_lead)
    assert publish_questions(ward=ward, questions=[SAFE], by=ward_lead) == first


@pytest.mark.parametrize("questions", [[], [SAFE] * 11])
def test_a_ward_asks_a_few_questions(ward, ward_lead, questions):
    with pytest.raises(ValidationError):
        publish_questions(ward=ward, questions=questions, by=ward_lead)


@pytest.mark.parametrize("who", ["ward_nurse", "ward_doctor", "other_nurse", "icb_manager"])
def test_nobody_else_words_them(who, request, ward):
    with pytest.raises(PermissionDenied):
        publish_questions(ward=ward, questions=[SAFE], by=request.getfixturevalue(who))


@pytest.mark.parametrize(("rows", "field"), [(Questionnaire, "number"), (Question, "position")])
def test_a_published_question_is_never_edited(ward, rows, field):
    for change in (lambda: rows.objects.update(**{field: 7}), _delete_question):
        with pytest.raises(InternalError), transaction.atomic():
            change()


def _delete_question():
    Question.objects.all().delete()


def test_questions_of_another_ward_are_not_answered_here(ward, ward_lead, ward_nurse):
    foreign = Questionnaire.objects.create(
        ward=make_ward("RT5-elsewhere"), number=1, published_at="2026-01-01T00:00Z"
    )
    admission = make_admission(ward=ward)
    with pytest.raises(ValidationError):
        record_experience(
            admission=admission, told=Told("answered", "patient", foreign.pk), by=ward_nurse
        )


def test_the_page_publishes_what_its_lines_say(signed_in, ward, ward_lead):
    address = reverse("rounds:questions-edit", args=[ward.code])
    browser = signed_in(ward_lead)
    assert "in control" in browser.get(address).content.decode()
    lines = {
        "question_rows": "3",
        "question_0_text": "Did you sleep?",
        "question_0_answered": "choice",
        "question_1_text": "",
        "question_1_answered": "choice",
        "question_2_text": "What was missing?",
        "question_2_answered": "words",
    }
    more = browser.post(address, lines | {"more": "question"})
    assert 'name="question_5_text"' in more.content.decode()
    assert browser.post(address, lines).status_code == 302
    assert texts(ward) == ["Did you sleep?", "What was missing?"]
    assert browser.post(address, {"question_rows": "2"}).status_code == 422
