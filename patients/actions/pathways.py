"""Pathways: the defaults that a new installation begins with, and what a ward offers."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.locks import lock_ward
from capacity.models import Ward
from patients.models import Pathway, PathwayVersion, WardPathway
from patients.policies import check_can_edit_pathways

DEFAULTS = Path(__file__).resolve().parent.parent / "data" / "pathways.json"
COPIED = (
    "criteria",
    "schedule",
    "ruleset",
    "responses",
    "default_mode",
    "expected_days",
    "limit_days",
)


@transaction.atomic
def load_pathways(*, by: User | None = None, at: dt.datetime | None = None) -> list[PathwayVersion]:
    """The newest version of each default; one that the file words otherwise is a new version, and
    wards that offer the one before go on with it until they take the new one."""
    at = at or timezone.now()
    return [_load(entry, by, at) for entry in json.loads(DEFAULTS.read_text())["pathways"]]


def _load(entry: dict[str, Any], by: User | None, at: dt.datetime) -> PathwayVersion:
    names = {"name": entry["name"], "short_name": entry["short_name"]}
    pathway, _ = Pathway.objects.get_or_create(code=entry["code"], defaults=names)
    content = {name: entry[name] for name in COPIED}
    known = PathwayVersion.objects.default().filter(pathway=pathway)
    newest = known.order_by("-number").first()
    if newest is not None and content_of(newest) == content:
        return newest
    version = PathwayVersion.objects.create(
        pathway=pathway,
        number=newest.number + 1 if newest else 1,
        based_on=newest,
        published_at=at,
        published_by=by,
        **content,
    )
    known.in_force().exclude(pk=version.pk).update(retired_at=at)
    audit.record(by=by, verb="pathway-published", subject=version, at=at)
    return version


def content_of(version: Any) -> dict[str, Any]:
    """What a version or a draft says, by the names of its columns."""
    return {name: getattr(version, name) for name in COPIED}


@transaction.atomic
def offer_pathway(
    *, ward: Ward, version: PathwayVersion, by: User | None, at: dt.datetime | None = None
) -> WardPathway:
    """New admissions to the ward on this pathway begin on this version; `by` is None where an
    operator or the demo opens the ward."""
    if by is not None:
        check_can_edit_pathways(by, ward, at=at)
    lock_ward(ward)
    if version.ward_id not in (None, ward.pk):
        raise ValidationError("That version belongs to another ward.", code="version")
    known = WardPathway.objects.filter(ward=ward, pathway=version.pathway).first()
    if known is not None and known.version_id == version.pk:
        return known
    if by is not None and not ward.pathways.exists():
        _name_all(ward)
    offered, _ = WardPathway.objects.update_or_create(
        ward=ward, pathway=version.pathway, defaults={"version": version}
    )
    detail = {"pathway": version.pathway_id, "number": version.number}
    audit.record(by=by, verb="pathway-offered", subject=ward, detail=detail, at=at)
    return offered


def _name_all(ward: Ward) -> None:
    """A ward that names no pathways takes them all: to name the first must not stop the others."""
    newest = PathwayVersion.objects.in_force().default()
    WardPathway.objects.bulk_create(
        WardPathway(ward=ward, pathway_id=one.pathway_id, version=one) for one in newest
    )


@transaction.atomic
def stop_offering(*, ward: Ward, pathway: Pathway, by: User, at: dt.datetime | None = None) -> None:
    """Nobody new is referred for it; who is on it or accepted for it stays and may come."""
    check_can_edit_pathways(by, ward, at=at)
    lock_ward(ward)
    if not ward.pathways.exists():
        _name_all(ward)
    if not ward.pathways.exclude(pathway=pathway).exists():
        # One that names none would take them all.
        raise ValidationError("A ward offers at least one pathway.", code="last")
    gone, _ = WardPathway.objects.filter(ward=ward, pathway=pathway).delete()
    if gone:
        detail = {"pathway": pathway.pk}
        audit.record(by=by, verb="pathway-stopped", subject=ward, detail=detail, at=at)
