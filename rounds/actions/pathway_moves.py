"""A patient on the ward goes on with a newer version, or another pathway."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.pathways import change_pathway
from patients.actions.admissions.locking import lock_open
from patients.actions.agreement import check_reason, senior
from patients.actions.following import follow
from patients.actions.touch import touch
from patients.models import Admission, EarlierPathway, PathwayVersion
from patients.policies import check_can_change_care
from rounds.pathways.comparing import loosens_care
from rounds.pathways.contents import Content
from rounds.pathways.shelf import offered_versions


@transaction.atomic
def move_to_version(
    *,
    admission: Admission,
    version: PathwayVersion,
    reason: str,
    by: User,
    agreed_by: User | None = None,
    at: dt.datetime | None = None,
) -> Admission:
    """To one that the ward offers. What was agreed for the patient stays, the rest of the plan
    follows; what was measured before is judged by the rules of then. NeedsSenior where any rule,
    limit or rhythm is looser."""
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    check_reason(reason)
    # The ward's lock comes first.
    change_pathway(spell=admission.spell, pathway=version.pathway_id, by=by, at=at)
    locked = lock_open(admission)
    old = locked.pathway_version
    _check_version(locked, version)
    agreed = None
    if loosens_care(Content.of(old), Content.of(version)):
        agreed = senior(locked, by=by, agreed_by=agreed_by, at=at)
    EarlierPathway.objects.create(
        admission=locked,
        version=old,
        ends=at,
        reason=reason.strip(),
        moved_by=by,
        agreed_by=agreed,
    )
    locked.pathway_version = version
    locked.save(update_fields=["pathway_version"])
    follow(locked, old=old, by=by, at=at)
    detail = {"from": old.pk, "to": version.pk, "pathway": version.pathway_id, "reason": reason}
    audit.record(by=by, verb="pathway-changed", subject=locked, detail=detail, at=at)
    touch(locked)
    return locked


def _check_version(admission: Admission, version: PathwayVersion) -> None:
    if version.pk == admission.pathway_version_id:
        raise ValidationError("The patient is on this version.", code="version")
    if not offered_versions(admission.ward).filter(pk=version.pk).exists():
        raise ValidationError("The ward does not offer this version.", code="version")
