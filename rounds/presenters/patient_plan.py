"""The plan in words: what is measured when, who is told beyond what, and why it was changed."""

from __future__ import annotations

from typing import Final, NamedTuple

from lib.addresses import address
from lib.london import day_of, near_moment, plain_day, short_day
from observations.kinds import KINDS, NUMBERS
from patients.models import PlanLine
from rounds.pathways.words import limits, often
from rounds.patient.page import PatientPage

_THEN: Final = {
    "emergency": "emergency alert",
    "urgent": "urgent alert",
    "prompt": "prompt alert",
}


class PlanRow(NamedTuple):
    measure: str
    often: str
    told: str
    default: str
    reason: str
    then: str
    own: bool
    limit_url: str
    times_url: str


class PlanPresenter:
    def __init__(self, page: PatientPage) -> None:
        self._page = page

    @property
    def note(self) -> str:
        """copied from ARI v3 on 9 Dec; 2 lines changed for this patient"""
        version = self._page.admission.pathway_version
        copied = f"copied from {version} on {plain_day(day_of(self._page.admission.admitted_at))}"
        own = sum(1 for line in self._page.lines if _is_own(line))
        if not own:
            return copied
        return f"{copied}; {own} line{'' if own == 1 else 's'} changed for this patient"

    @property
    def rows(self) -> list[PlanRow]:
        known = sorted(self._page.lines, key=lambda line: NUMBERS.get(line.kind, 99))
        return [self._row(line) for line in known]

    @property
    def responses(self) -> list[tuple[str, str]]:
        """What this ward does at each NEWS2 response, for who is scored."""
        if not self._page.opened.row.scored:
            return []
        words = {"high": "7 or more", "medium": "5 or 6", "low_medium": "3 in one part"}
        told = self._page.opened.responses
        return [(words[key], str(told[key])) for key in words if told.get(key)]

    @property
    def mode(self) -> str:
        mode = self._page.mode
        if mode is None:
            return "Nobody has decided yet how readings are judged."
        by = mode.agreed_by or mode.decided_by
        until = f", until {near_moment(mode.ends, self._page.at)}" if mode.ends else ""
        return f"{mode.get_mode_display()}: {mode.reason}. {by.short_name}{until}."

    @property
    def version_url(self) -> str:
        """Where the version is read; one of a ward before this one is not this ward's to show."""
        admission = self._page.admission
        version = admission.pathway_version
        if version.ward_id not in (None, admission.ward_id):
            return ""
        names = (admission.ward.code, version.pathway_id, version.pk)
        return address("rounds:pathway-version", *names)

    @property
    def pathway_url(self) -> str:
        return self._mine("rounds:pathway-change", self._page.admission.pk)

    @property
    def mode_url(self) -> str:
        return self._mine("patients:mode-change", self._page.admission.pk)

    @property
    def oxygen_url(self) -> str:
        return self._mine("patients:oxygen-set", self._page.admission.pk)

    @property
    def pause_url(self) -> str:
        return self._mine("patients:pause-set", self._page.admission.pk)

    def _row(self, line: PlanLine) -> PlanRow:
        known = KINDS[line.kind]
        own = _is_own(line)
        unit = known.unit
        default = limits(line.default_low, line.default_high, unit) or "none"
        worded = line.kind != "consciousness"
        return PlanRow(
            measure=known.label,
            often=often(line.times, line.every_hours),
            told=(limits(line.low, line.high, unit) if worded else "anything but A"),
            default=f"(default {default})" if own and worded else "",
            reason=_reason(line) if line.reason else "Pathway default",
            then=_THEN[line.priority],
            own=own,
            limit_url=self._mine("patients:limit-change", self._page.admission.pk, line.kind),
            times_url=self._mine("patients:times-change", self._page.admission.pk, line.kind),
        )

    def _mine(self, name: str, *args: object) -> str:
        return address(name, *args) if self._page.may_treat else ""


def _is_own(line: PlanLine) -> bool:
    return (line.low, line.high) != (line.default_low, line.default_high) or bool(line.reason)


def _reason(line: PlanLine) -> str:
    by = line.agreed_by or line.set_by
    said = f"{line.reason} {by.short_name}, {short_day(day_of(line.starts))}"
    review = f", until {short_day(day_of(line.expires_at))}" if line.expires_at else ""
    return said + review
