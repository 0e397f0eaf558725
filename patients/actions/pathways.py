"""Pathways: the defaults that a new installation begins with, and what a ward offers."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Ward
from patients.models import Pathway, PathwayVersion, WardPathway

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
    """The first version of each default; one that is there already stays as it is."""
    at = at or timezone.now()
    return [_load(entry, by, at) for entry in json.loads(DEFAULTS.read_text())["pathways"]]


def _load(entry: dict[str, Any], by: User | None, at: dt.datetime) -> PathwayVersion:
    names = {"name": entry["name"], "short_name": entry["short_name"]}
    pathway, _ = Pathway.objects.get_or_create(code=entry["code"], defaults=names)
    content = {name: entry[name] for name in COPIED}
    version, made = PathwayVersion.objects.get_or_create(
        pathway=pathway,
        ward=None,
        number=1,
        defaults={**content, "published_at": at, "published_by": by},
    )
    if made:
        audit.record(by=by, verb="pathway-published", subject=version, at=at)
    return version


@transaction.atomic
def offer_pathway(
    *, ward: Ward, version: PathwayVersion, by: User | None, at: dt.datetime | None = None
) -> WardPathway:
    """New admissions to the ward on this pathway begin on this version."""
    offered, _ = WardPathway.objects.update_or_create(
        ward=ward, pathway=version.pathway, defaults={"version": version}
    )
    detail = {"pathway": version.pathway_id, "number": version.number}
    audit.record(by=by, verb="pathway-offered", subject=ward, detail=detail, at=at)
    return offered
