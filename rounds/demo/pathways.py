"""Soar Valley's own versions: one that its patients are on, a newer one, and a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

from accounts.models import User
from capacity.models import Ward
from observations.rulesets import Change, Rise
from patients.actions.plans import version_for
from patients.models import Pathway
from rounds.actions.pathways import publish_draft, save_draft, start_draft
from rounds.demo.places import Places
from rounds.demo.staff import FIRST_WARD, Staff
from rounds.pathways.contents import Content

_LEAD: Final = "ilic"
_SCALES: Final = {"key": "scales", "label": "Scales at home", "kind": "yes_no", "want": True}
_DIURETICS: Final = {
    "key": "diuretics",
    "label": "Diuretics can be changed on the day",
    "kind": "yes_no",
    "want": True,
}
# Who loses so much on diuretics is dry.
_DRY: Final = Change("weight", -3, 72, "prompt")


def publish_first(places: Places, staff: Staff, *, now: dt.datetime) -> None:
    """Before anybody of today's patients came."""
    ward, by = places.wards.get(FIRST_WARD), staff.users[_LEAD]
    if ward is not None:
        _publish(
            ward,
            places.pathways["heart-failure"],
            "Our heart failure nurses weigh everybody on scales we lend",
            by=by,
            at=now - dt.timedelta(days=60),
            asked=_SCALES,
            changes=(_DRY,),
        )


def go_on(places: Places, staff: Staff, *, now: dt.datetime) -> None:
    """Yesterday's version, which only new patients begin on, and a draft that waits."""
    ward, by = places.wards.get(FIRST_WARD), staff.users[_LEAD]
    if ward is not None:
        _publish(
            ward,
            places.pathways["heart-failure"],
            "Agreed with the heart failure team on Tuesday",
            by=by,
            at=now - dt.timedelta(hours=20),
            asked=_DIURETICS,
        )
        _draft(ward, places.pathways["acute-respiratory-infection"], by, now - dt.timedelta(days=2))


def _publish(
    ward: Ward,
    pathway: Pathway,
    reason: str,
    *,
    by: User,
    at: dt.datetime,
    asked: dict[str, Any],
    changes: tuple[Change, ...] = (),
) -> None:
    against = version_for(ward, pathway)
    draft = start_draft(ward=ward, pathway=pathway, by=by, at=at)
    now = Content.of(draft)
    rules = replace(now.rules, changes=(*now.rules.changes, *changes))
    wanted = replace(now, criteria=[*now.criteria, asked], ruleset=rules.as_json())
    draft = save_draft(draft=draft, content=wanted, seen=draft.revision, by=by, at=at)
    publish_draft(draft=draft, seen=draft.revision, against=against.pk, reason=reason, by=by, at=at)


def _draft(ward: Ward, pathway: Pathway, by: User, at: dt.datetime) -> None:
    draft = start_draft(ward=ward, pathway=pathway, by=by, at=at)
    now = Content.of(draft)
    wanted = replace(now, ruleset=replace(now.rules, rise=Rise()).as_json())
    save_draft(draft=draft, content=wanted, seen=draft.revision, by=by, at=at)
