"""What patients say of their care: the questions a ward asks, and the answers at leaving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.locks import lock_ward
from capacity.models import Ward
from patients.models import Admission
from rounds.models import Answer, Experience, Question, Questionnaire
from rounds.policies import check_can_edit_questions, check_can_review

MOST_QUESTIONS = 10


class Asked(NamedTuple):
    """`answered` is a `Question.Answered`."""

    text: str
    answered: str


@dataclass(frozen=True, slots=True)
class Told:
    """`state` is an `Experience.State`; answers by the question's id, each a choice or words.

    `questionnaire` is the version that was shown: another may have been published meanwhile.
    """

    state: str = Experience.State.NOT_ASKED
    told_by: str = ""
    questionnaire: int | None = None
    answers: Mapping[int, str] = field(default_factory=dict)


def questionnaire_of(ward: Ward) -> Questionnaire | None:
    """What is asked there now."""
    return Questionnaire.objects.of(ward).prefetch_related("questions").first()


def asked_questionnaire(ward: Ward, shown: str) -> Questionnaire | None:
    """The version that a form showed, if it is one of that ward's; else what is asked now."""
    versions = Questionnaire.objects.of(ward).prefetch_related("questions")
    then = versions.filter(pk=int(shown)).first() if _is_id(shown) else None
    return then or versions.first()


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


@transaction.atomic
def publish_questions(
    *, ward: Ward, questions: Sequence[Asked], by: User, at: dt.datetime | None = None
) -> Questionnaire:
    """A new version, for this ward only; what was answered keeps the questions it answered."""
    check_can_edit_questions(by, ward, at=at)
    at = at or timezone.now()
    if not 0 < len(questions) <= MOST_QUESTIONS:
        raise ValidationError(f"Ask 1 to {MOST_QUESTIONS} questions.", code="questions")
    lock_ward(ward)
    now = questionnaire_of(ward)
    if now is not None and _asks(now) == list(questions):
        return now
    number = Questionnaire.objects.filter(ward=ward).count() + 1
    fresh = Questionnaire.objects.create(ward=ward, number=number, published_at=at, published_by=by)
    Question.objects.bulk_create(
        Question(questionnaire=fresh, position=n, text=one.text, answered=one.answered)
        for n, one in enumerate(questions)
    )
    detail = {"number": number, "questions": [one.text for one in questions]}
    audit.record(by=by, verb="questions-published", subject=ward, detail=detail, at=at)
    return fresh


@transaction.atomic
def record_experience(
    *, admission: Admission, told: Told, by: User, at: dt.datetime | None = None
) -> Experience:
    """Once a stay; told again, it takes the place of what was told before. Raises ValidationError
    (`told_by`) where somebody answered and nobody says who."""
    check_can_review(by, admission, at=at)
    at = at or timezone.now()
    questions = _questions(admission, told)
    experience, _ = Experience.objects.update_or_create(
        admission=admission,
        defaults={
            "state": told.state,
            "told_by": told.told_by if questions else "",
            "questionnaire": questions,
            "at": at,
            "by": by,
        },
    )
    experience.answers.all().delete()
    if questions is not None:
        Answer.objects.bulk_create(_answers(experience, questions, told.answers))
    audit.record(
        by=by, verb="experience-told", subject=admission, detail={"state": told.state}, at=at
    )
    return experience


def _asks(version: Questionnaire) -> list[Asked]:
    return [Asked(one.text, one.answered) for one in version.questions.all()]


def _questions(admission: Admission, told: Told) -> Questionnaire | None:
    if told.state != Experience.State.ANSWERED:
        return None
    if told.told_by not in Experience.Who.values:
        raise ValidationError("Say who answered.", code="told_by")
    asked = Questionnaire.objects.of(admission.ward).prefetch_related("questions")
    found = asked.filter(pk=told.questionnaire or 0).first()
    if found is None:
        raise ValidationError("These questions are not this ward's.", code="experience")
    return found


def _answers(
    experience: Experience, questions: Questionnaire, answers: Mapping[int, str]
) -> list[Answer]:
    return [
        Answer(experience=experience, question=one, **_said(one, answers[one.pk].strip()))
        for one in questions.questions.all()
        if answers.get(one.pk, "").strip()
    ]


def _said(question: Question, answer: str) -> dict[str, str]:
    if question.answered == Question.Answered.CHOICE:
        if answer not in Answer.Choice.values:
            raise ValidationError("Choose yes, partly or no.", code="answer")
        return {"choice": answer}
    return {"words": answer}
