"""Everybody on a ward as they are handed over, in a handful of statements however many they are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from capacity.models import Ward
from observations.models import Prompt
from patients.models import Contact, HomeRecord, MonitoringMode, PlanLine, SafetyRecord
from rounds.board.held import watch_of
from rounds.board.now import rows
from rounds.board.risk import needs_somebody
from rounds.board.rows import Row
from rounds.holding import Watch
from rounds.models import HandoverLine, HandoverNote, Review, Task

# What was changed so lately is news to whoever takes over.
_LATELY: Final = dt.timedelta(hours=24)
_One = TypeVar("_One")


@dataclass(frozen=True)
class Person:
    """One patient; `before` is what was last handed over about them."""

    row: Row
    safety: Mapping[str, SafetyRecord]
    not_to_be_told: tuple[Contact, ...]
    interpreter: HomeRecord | None
    tasks: tuple[Task, ...]
    prompts: tuple[Prompt, ...]
    modes: tuple[MonitoringMode, ...]
    lines: tuple[PlanLine, ...]
    review: Review | None
    note: HandoverNote | None
    before: HandoverLine | None

    @property
    def pk(self) -> UUID:
        return UUID(self.row.admission.pk)

    @property
    def expected(self) -> bool:
        """Whether the receiver needs a line: at risk, overdue, something is to be done, or nobody
        knows, since there was no set yet or the last one is old. A gap is not calm."""
        facts = self.row.facts
        at_risk = needs_somebody(facts) or self.row.overdue
        unknown = facts.scored and (facts.stale or not facts.response)
        return at_risk or unknown or bool(self.tasks or self.prompts)


@dataclass(frozen=True)
class Prepared:
    """At `at`, for the time until `until`; in the board's order."""

    ward: Ward
    at: dt.datetime
    until: dt.datetime
    watch: Watch
    people: tuple[Person, ...]


def prepared(ward: Ward, *, at: dt.datetime, until: dt.datetime) -> Prepared:
    found = rows(ward, at)
    ids = [UUID(row.admission.pk) for row in found]
    here = {"patient__admissions__in": ids}
    safety = _by(SafetyRecord.objects.current().filter(**here), lambda one: one.patient_id)
    untold = _by(Contact.objects.filter(must_not_be_told=True, **here), lambda one: one.patient_id)
    interpreters = {one.patient_id: one for one in _interpreters(ids)}
    tasks = Task.objects.open().filter(admission__in=ids, due_at__lt=until).order_by("due_at")
    due = _by(tasks, _admission)
    prompts = _by(Prompt.objects.open().filter(admission__in=ids), _admission)
    lately = {"admission__in": ids, "starts__gt": at - _LATELY, "starts__lte": at}
    modes = _by(MonitoringMode.objects.filter(**lately), _admission)
    lines = _by(PlanLine.objects.filter(**lately).exclude(reason=""), _admission)
    reviews, notes, before = _reviews(ids), _notes(ward, at), _before(ward, ids)
    people = tuple(
        Person(
            row=row,
            safety={one.topic: one for one in safety.get(UUID(row.admission.patient.pk), ())},
            not_to_be_told=tuple(untold.get(UUID(row.admission.patient.pk), ())),
            interpreter=interpreters.get(UUID(row.admission.patient.pk)),
            tasks=tuple(due.get(pk, ())),
            prompts=tuple(prompts.get(pk, ())),
            modes=tuple(modes.get(pk, ())),
            lines=tuple(lines.get(pk, ())),
            review=reviews.get(pk),
            note=notes.get(pk),
            before=before.get(pk),
        )
        for row, pk in zip(found, ids, strict=True)
    )
    return Prepared(ward, at, until, watch_of(ward, at), people)


def _interpreters(ids: list[UUID]) -> Iterable[HomeRecord]:
    """With the patients, whose language belongs to it."""
    current = HomeRecord.objects.current().filter(topic=HomeRecord.Topic.INTERPRETER)
    return current.filter(patient__admissions__in=ids).select_related("patient")


def _admission(one: Task | Prompt | MonitoringMode | PlanLine) -> UUID:
    assert one.admission_id is not None
    return one.admission_id


def _by(found: Iterable[_One], key: Callable[[_One], UUID]) -> dict[UUID, list[_One]]:
    grouped: dict[UUID, list[_One]] = defaultdict(list)
    for one in found:
        grouped[key(one)].append(one)
    return grouped


def _reviews(ids: list[UUID]) -> dict[UUID, Review]:
    """The last of each, as it stands after its corrections."""
    found = Review.objects.standing().filter(admission__in=ids)
    last = found.select_related("by").order_by("admission_id", "-at").distinct("admission_id")
    return {review.admission_id: review for review in last}


def _notes(ward: Ward, at: dt.datetime) -> dict[UUID, HandoverNote]:
    found = HandoverNote.objects.fresh(at).filter(ward=ward).select_related("saved_by")
    return {note.admission_id: note for note in found}


def _before(ward: Ward, ids: list[UUID]) -> dict[UUID, HandoverLine]:
    """What was said of each when the ward was last handed over with words."""
    found = HandoverLine.objects.filter(
        handover__ward=ward, handover__accepted_at__isnull=False, admission__in=ids
    ).exclude(recommendation="")
    last = found.select_related("handover").order_by("admission_id", "-handover__accepted_at")
    return {line.admission_id: line for line in last.distinct("admission_id")}
