"""What each of the versions that a patient could go on with changes for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lib.addresses import address
from lib.london import dated
from patients.models import Admission, EarlierPathway, PathwayVersion
from patients.presenters.words import named
from rounds.pathways.comparing import Difference, compare, loosens_care
from rounds.pathways.contents import Content
from rounds.presenters.pathways.shelves import version_words

# What concerns somebody who is here already.
_SHOWN = frozenset({"Readings", "Limits", "Rules", "Responses"})


class Choice(NamedTuple):
    words: str
    differences: list[Difference]
    looser: bool


class MovePresenter:
    def __init__(
        self,
        admission: Admission,
        others: list[PathwayVersion],
        *,
        earlier: Iterable[EarlierPathway],
        senior: bool,
    ) -> None:
        self._now = Content.of(admission.pathway_version)
        self._others = others
        self.named = named(admission.patient)
        self.now = (
            f"{admission.pathway_version.pathway}, {version_words(admission.pathway_version)}"
        )
        self.senior = senior
        self._earlier = earlier
        self.back_url = address("rounds:patient-detail", admission.pk)

    @property
    def earlier(self) -> list[str]:
        """Frailty, the default, version 1, until 26 Nov 14:02: "Newer rules", Ann Other, nurse"""
        return [
            f"{one.version.pathway}, {version_words(one.version)}, until {dated(one.ends)}: "
            f"\u201c{one.reason}\u201d, {(one.agreed_by or one.moved_by).signature}"
            for one in self._earlier
        ]

    @property
    def choices(self) -> list[Choice]:
        return [self._choice(version) for version in self._others]

    def _choice(self, version: PathwayVersion) -> Choice:
        content = Content.of(version)
        return Choice(
            words=f"{version.pathway}, {version_words(version)}",
            differences=[_weighed(one) for one in compare(self._now, content) if _concerns(one)],
            looser=loosens_care(self._now, content),
        )


def _concerns(one: Difference) -> bool:
    return one.section in _SHOWN


def _weighed(one: Difference) -> Difference:
    """Other words of what the team does were read when they were published."""
    return one._replace(loosens=False) if one.section == "Responses" else one
