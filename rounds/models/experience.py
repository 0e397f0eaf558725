"""How being cared for at home was, asked at leaving in questions that a ward may make its own."""

from __future__ import annotations

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from capacity.models import Ward
from patients.models import Admission


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def of(self, ward: Ward) -> Self:
        """The ward's own, and those of every ward, the one to be asked first."""
        own_first = models.F("ward").asc(nulls_last=True)
        return self.filter(Q(ward=ward) | Q(ward=None)).order_by(own_first, "-number")


class Questionnaire(models.Model):
    """A version of the questions of a ward, or of every ward that has none; never edited."""

    ward = models.ForeignKey(
        Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="questionnaires"
    )
    number = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "number"], name="questionnaire_version_once", nulls_distinct=False
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="questionnaires_are_never_edited",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"questions {self.number}"


class Question(models.Model):
    """One question of a version."""

    class Answered(models.TextChoices):
        CHOICE = "choice", "yes, partly or no"
        WORDS = "words", "in their own words"

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="questions"
    )
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=160)
    answered = models.CharField(max_length=8, choices=Answered)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "position"], name="one_question_a_line"
            ),
            models.CheckConstraint(name="a_question_has_words", condition=~Q(text="")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="questions_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.text


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Experience(models.Model):
    """Whether somebody was asked, and who answered; the answers stand beside it."""

    class State(models.TextChoices):
        ANSWERED = "answered", "answered"
        DECLINED = "declined", "asked, declined"
        NOT_ASKED = "not_asked", "not asked"

    class Who(models.TextChoices):
        PATIENT = "patient", "the patient"
        CARER = "carer", "a carer"

    admission = models.OneToOneField(
        Admission, on_delete=models.PROTECT, primary_key=True, related_name="experience"
    )
    state = models.CharField(max_length=10, choices=State)
    told_by = models.CharField(max_length=10, choices=Who, blank=True)
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="who_was_asked_answered_some_questions",
                condition=Q(state="answered", questionnaire__isnull=False) & ~Q(told_by="")
                | ~Q(state="answered") & Q(questionnaire__isnull=True, told_by=""),
            )
        ]

    def __str__(self) -> str:
        return f"experience: {self.get_state_display()}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Answer(models.Model):
    """What was said to one question; a question passed over has none."""

    class Choice(models.TextChoices):
        YES = "yes", "yes"
        PARTLY = "partly", "partly"
        NO = "no", "no"

    experience = models.ForeignKey(Experience, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("question__position",)
        constraints = [
            models.UniqueConstraint(
                fields=["experience", "question"], name="one_answer_a_question"
            ),
            models.CheckConstraint(
                name="an_answer_says_something", condition=~Q(choice="") | ~Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return self.get_choice_display() or self.words
