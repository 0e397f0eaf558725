"""A handover while it is prepared: who is at risk first, nothing expected last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from lib.addresses import address
from lib.london import clock, day_of, long_day, near_moment
from rounds.forms.handovers import PersonForm, ReceiverForm
from rounds.handover.prepared import Person, Prepared
from rounds.models import HandoverNote
from rounds.presenters import board_words as words
from rounds.presenters import sbar
from rounds.presenters.holding import held_more_words, holder_words, unwatched_words


class Before(NamedTuple):
    """What was said when the ward was handed over last."""

    when: str
    words: str


class Theirs(NamedTuple):
    """What a colleague wrote while this was typed."""

    by: str
    when: str
    recommendation: str
    escalate: str
    agreed: bool


class PersonLine(NamedTuple):
    pk: UUID
    letter: str
    level: str
    risk: str
    name: str
    about: str
    url: str
    situation: str
    background: str
    assessment: str
    tasks: list[str]
    form: PersonForm
    note_url: str
    kept: str
    before: Before | None
    theirs: Theirs | None


class PreparePresenter:
    def __init__(
        self,
        found: Prepared,
        people: Mapping[UUID, PersonForm],
        receiver: ReceiverForm,
        moved: Mapping[UUID, HandoverNote],
        *,
        user_id: int,
    ) -> None:
        self._found, self._people, self._moved = found, people, moved
        self._user_id = user_id
        self.ward, self.receiver = found.ward, receiver
        self.expected = [self._line(one) for one in found.people if one.expected]
        self.rest = [self._line(one) for one in found.people if not one.expected]
        self.total = len(found.people)
        self.moved = bool(moved)
        self.board_url = address("rounds:ward-board", found.ward.code)
        self.list_url = address("rounds:handover-list", found.ward.code)
        self.take_url = address("rounds:handover-take", found.ward.code)

    @property
    def day(self) -> str:
        return f"{long_day(day_of(self._found.at))}, {clock(self._found.at)}"

    @property
    def count(self) -> str:
        many, rest = len(self.expected), len(self.rest)
        return f"{many} with something to watch or do, {rest} with nothing expected"

    @property
    def held(self) -> str:
        """Who holds the ward until somebody accepts."""
        watch = self._found.watch
        if watch.holder is None:
            return f"{unwatched_words(watch)}. By offering it you take it on until it is accepted."
        if watch.holder.user_id == self._user_id:
            return f"You hold it, {held_more_words(watch)}. It stays yours until it is accepted."
        return f"Held by {holder_words(watch)}, {held_more_words(watch)}, until it is accepted."

    @property
    def waiting_url(self) -> str:
        """The offer that waits already: another needs it withdrawn."""
        offered = self._found.watch.offered
        waits = offered is not None and offered.waits
        return address("rounds:handover-detail", offered.handover) if offered and waits else ""

    def _line(self, person: Person) -> PersonLine:
        row, at = person.row, self._found.at
        note, before = person.note, person.before
        kept = f"Kept {clock(note.saved_at)} by {note.saved_by.short_name}" if note else ""
        return PersonLine(
            pk=person.pk,
            letter=sbar.letter(row.level),
            level=row.level,
            risk=words.risk(row).word,
            name=sbar.name(row),
            about=sbar.about(row),
            url=address("rounds:patient-detail", person.pk),
            situation=sbar.situation(person),
            background=sbar.background(person),
            assessment=sbar.assessment(person),
            tasks=sbar.tasks(person),
            form=self._people[person.pk],
            note_url=address("rounds:handover-note-save", self.ward.code, person.pk),
            kept=kept,
            before=Before(near_moment(before.handover.offered_at, at), before.recommendation)
            if before
            else None,
            theirs=self._theirs(person.pk),
        )

    def _theirs(self, pk: UUID) -> Theirs | None:
        note = self._moved.get(pk)
        if note is None:
            return None
        by, when = note.saved_by.short_name, clock(note.saved_at)
        return Theirs(by, when, note.recommendation, note.escalate, note.agreed)
