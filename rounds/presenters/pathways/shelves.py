"""The list of a ward's pathways: which, on which version, what differs from the default."""

from __future__ import annotations

from capacity.models import Ward
from lib.addresses import address
from lib.london import day_of, plain_day
from patients.models import PathwayVersion
from patients.presenters.words import counted
from rounds.pathways.shelf import Shelf

# More would hide that there are many.
_NAMED = 3


def version_words(version: PathwayVersion) -> str:
    """version 2 of this ward; the default, version 1"""
    if version.ward_id is None:
        return f"the default, version {version.number}"
    return f"version {version.number} of this ward"


def since(version: PathwayVersion) -> str:
    return plain_day(day_of(version.published_at)) if version.published_at else ""


class ShelfPresenter:
    def __init__(self, shelf: Shelf, ward: Ward, *, may_edit: bool) -> None:
        self._shelf, self._ward, self.may_edit = shelf, ward, may_edit
        self.name = shelf.pathway.name
        self.offered = shelf.offered
        self.version = version_words(shelf.version)
        self.since = since(shelf.version)

    @property
    def differs(self) -> str:
        """4 things: Expected days, Pulse, Temperature and 1 more"""
        found = self._shelf.differences
        if not found:
            return "nothing" if self._shelf.is_own or self._is_newest else "a newer default exists"
        named = ", ".join(one.what for one in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        return f"{counted(len(found), 'thing', 'things')}: {named}{more}"

    @property
    def _is_newest(self) -> bool:
        return self._shelf.version.pk == self._shelf.default.pk

    @property
    def newer_default(self) -> str:
        if not self._shelf.has_newer_default:
            return ""
        return f"The default has a newer version, {self._shelf.default.number}."

    @property
    def patients(self) -> str:
        """12 patients, 2 of them on another version"""
        here, others = self._shelf.on_it + self._shelf.on_others, self._shelf.on_others
        if not here:
            return "nobody now"
        told = counted(here, "patient", "patients")
        return f"{told}, {others} of them on another version" if others else told

    @property
    def draft(self) -> str:
        """Jo Marsh, 26 Nov"""
        draft = self._shelf.draft
        if draft is None:
            return ""
        return f"saved by {draft.saved_by.signature}, {plain_day(day_of(draft.saved_at))}"

    @property
    def url(self) -> str:
        return self._at("rounds:pathway-detail")

    @property
    def edit_url(self) -> str:
        return self._at("rounds:pathway-edit") if self.may_edit and self._shelf.draft else ""

    @property
    def offer_url(self) -> str:
        return self._at("rounds:pathway-offer") if self.may_edit and not self.offered else ""

    def _at(self, name: str) -> str:
        return address(name, self._ward.code, self._shelf.pathway.pk)
