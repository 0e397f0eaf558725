"""One version in plain words, and the versions beside it."""

from __future__ import annotations

from typing import NamedTuple

from capacity.models import Ward
from lib.addresses import address
from observations.news2 import LABELS
from patients.models import PathwayVersion
from patients.planned import PLANNED
from rounds.pathways import words
from rounds.pathways.contents import RESPONSES, Content, of_kind
from rounds.pathways.shelf import Shelf
from rounds.presenters.pathways.shelves import since, version_words


class ReadingRow(NamedTuple):
    label: str
    when: str
    told: str


class VersionRow(NamedTuple):
    """A version in the list of all; `in_force` is what a new admission begins on."""

    pk: int
    words: str
    since: str
    by: str
    reason: str
    patients: int
    in_force: bool
    shown: bool
    url: str


class VersionPresenter:
    """What a version says."""

    def __init__(self, version: PathwayVersion) -> None:
        self._content = Content.of(version)
        self._rules = self._content.rules
        self.words = version_words(version)
        self.since = since(version)
        self.by = _answering(version)
        self.reason = version.reason
        self.mode = words.MODES[version.default_mode]
        self.days = f"{version.expected_days} days expected, {version.limit_days} at most"

    @property
    def criteria(self) -> list[tuple[str, str]]:
        return [(one["label"], words.criterion(one)) for one in self._content.criteria]

    @property
    def readings(self) -> list[ReadingRow]:
        """What is asked for, and what is watched where it comes all the same."""
        rows = []
        for kind, planned in PLANNED.items():
            limits, when = of_kind(self._rules, kind), self._content.schedule.get(kind)
            if when or limits:
                told = words.limits_of(kind, limits)
                rows.append(ReadingRow(planned.label, words.when(when), told))
        return rows

    @property
    def rules(self) -> list[tuple[str, str]]:
        changes = [(PLANNED[one.kind].label, words.change(one)) for one in self._rules.changes]
        return [
            ("NEWS2 rings", words.thresholds(self._rules.thresholds)),
            ("Rise of NEWS2", words.rise(self._rules.rise)),
            *changes,
        ]

    @property
    def responses(self) -> list[tuple[str, str]]:
        told = self._content.responses
        return [(LABELS[key], told[key]) for key in RESPONSES if told.get(key)]


def version_rows(
    versions: list[PathwayVersion], shelf: Shelf, ward: Ward, *, shown: PathwayVersion
) -> list[VersionRow]:
    return [
        VersionRow(
            pk=version.pk,
            words=version_words(version),
            since=since(version),
            by=_answering(version),
            reason=version.reason,
            patients=shelf.patients.get(version.pk, 0),
            in_force=version.pk == shelf.version.pk,
            shown=version.pk == shown.pk,
            url=address("rounds:pathway-version", ward.code, version.pathway_id, version.pk),
        )
        for version in versions
    ]


def _answering(version: PathwayVersion) -> str:
    """Jo Marsh, ward lead; agreed by Priya Nair, consultant"""
    by = version.published_by.signature if version.published_by else ""
    agreed = version.agreed_by
    if agreed is None or agreed.pk == version.published_by_id:
        return by
    return f"{by}; agreed by {agreed.signature}"
