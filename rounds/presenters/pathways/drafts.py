"""A draft while it is edited, and what publishing it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from lib.addresses import address
from lib.london import near_moment
from observations.judgement.rehearsal import Rehearsed
from patients.models import PathwayDraft, PathwayVersion
from patients.presenters.words import counted
from rounds.pathways.checks import Problem
from rounds.pathways.comparing import Difference
from rounds.pathways.rehearsing import Rehearsal
from rounds.presenters.pathways.shelves import version_words


class ToMend(NamedTuple):
    """What stands in the way of publishing, and where it is mended."""

    words: str
    anchor: str


class Section(NamedTuple):
    name: str
    differences: list[Difference]


def to_mend(problems: Iterable[Problem]) -> list[ToMend]:
    return [ToMend(one.words, f"id_{one.field}" if one.field else "") for one in problems]


def sections(differences: Iterable[Difference]) -> Iterator[Section]:
    for name, some in groupby(differences, key=lambda one: one.section):
        yield Section(name, list(some))


class _Addresses:
    def __init__(self, draft: PathwayDraft) -> None:
        self._draft = draft
        self.pathway = draft.pathway

    def _at(self, name: str) -> str:
        return address(name, self._draft.ward.code, self._draft.pathway_id)

    @property
    def url(self) -> str:
        return self._at("rounds:pathway-detail")

    @property
    def edit_url(self) -> str:
        return self._at("rounds:pathway-edit")

    @property
    def discard_url(self) -> str:
        return self._at("rounds:pathway-discard")

    @property
    def saved(self) -> str:
        """saved by Jo Marsh, ward lead, 10:12"""
        when = near_moment(self._draft.saved_at, dt.datetime.now(dt.UTC))
        return f"saved by {self._draft.saved_by.signature}, {when}"


class DraftPresenter(_Addresses):
    """`seen` is the revision that the form was made of; `theirs` what somebody else's, which was
    saved since, says and what was typed says otherwise."""

    def __init__(
        self,
        draft: PathwayDraft,
        *,
        seen: int,
        problems: Iterable[Problem],
        theirs: list[Difference],
        stale: bool,
    ) -> None:
        super().__init__(draft)
        self.seen = seen
        self.revision = draft.revision
        self.begun_from = version_words(draft.based_on)
        self.to_mend = to_mend(problems)
        self.theirs = list(sections(theirs))
        self.is_stale = stale
        self.who = draft.saved_by.signature


class PublishPresenter(_Addresses):
    def __init__(
        self,
        draft: PathwayDraft,
        before: PathwayVersion,
        *,
        differences: list[Difference],
        problems: list[Problem],
        rehearsed: Rehearsal | None,
    ) -> None:
        super().__init__(draft)
        self._rehearsed = rehearsed
        self.seen, self.against = draft.revision, before.pk
        self.before = version_words(before)
        self.sections = list(sections(differences))
        self.to_mend = to_mend(problems)
        self._looser = sum(1 for one in differences if one.loosens)
        self._changed = len(differences)

    @property
    def sentence(self) -> str:
        if not self._changed:
            return f"It says the same as {self.before}, which is in force."
        told = counted(self._changed, "thing changes", "things change")
        return f"{told} against {self.before}, which is in force."

    @property
    def looser(self) -> str:
        if not self._looser:
            return "Nothing is looser: no senior decision-maker need agree."
        told = counted(self._looser, "thing is", "things are")
        return f"{told} looser, or cannot be weighed: a senior decision-maker agrees to it."

    @property
    def rehearsal(self) -> str:
        """This draft would have rung 12 alerts for 5 patients; the version in force, 9 for 4."""
        if self._rehearsed is None:
            return ""
        before, after = self._rehearsed.before, self._rehearsed.after
        if not after.looked_at:
            return "Nobody was on this pathway here in the last 7 days: there is nothing to try."
        return (
            f"Tried on the readings of the last 7 days ({_patients(after.looked_at)} here), this"
            f" draft would have opened {_rung(after)}; the version in force, {_rung(before)}."
        )

    @property
    def can_publish(self) -> bool:
        return bool(self._changed) and not self.to_mend


def _rung(one: Rehearsed) -> str:
    """12 alerts for 5 patients"""
    return f"{counted(one.alerts, 'alert', 'alerts')} for {_patients(one.patients)}"


def _patients(number: int) -> str:
    return counted(number, "patient", "patients")
