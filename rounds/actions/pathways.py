"""A ward's next version of a pathway: drafted, saved, discarded, published."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.locks import lock_ward
from capacity.models import Ward
from lib.locks import locked
from patients.actions.agreement import NeedsSenior, check_reason
from patients.actions.pathways import content_of, offer_pathway
from patients.actions.plans import version_for
from patients.models import Pathway, PathwayDraft, PathwayVersion
from patients.policies import check_can_edit_pathways, is_senior_on
from rounds.pathways.checks import problems
from rounds.pathways.comparing import compare, loosened
from rounds.pathways.contents import Content


class StaleDraftError(ValidationError):
    """Somebody else saved the draft since it was shown; `draft` is what it says now."""

    def __init__(self, draft: PathwayDraft) -> None:
        who = draft.saved_by.signature
        super().__init__(f"{who} saved this draft since you opened it.", code="stale")
        self.draft = draft


class ChangedSinceError(ValidationError):
    """What was compared is not what would be published, or not what is in force."""

    def __init__(self) -> None:
        super().__init__("It changed since you looked. Read what changes again.", code="changed")


@transaction.atomic
def start_draft(
    *,
    ward: Ward,
    pathway: Pathway,
    by: User,
    based_on: PathwayVersion | None = None,
    at: dt.datetime | None = None,
) -> PathwayDraft:
    """From the version in force, or another of the ward or a default; one that is open goes on."""
    check_can_edit_pathways(by, ward, at=at)
    at = at or timezone.now()
    source = based_on or version_for(ward, pathway)
    if source.pathway_id != pathway.pk or source.ward_id not in (None, ward.pk):
        raise PermissionDenied("That version belongs to another ward or pathway.")
    draft, new = PathwayDraft.objects.get_or_create(
        ward=ward,
        pathway=pathway,
        defaults={
            **content_of(source),
            "based_on": source,
            "started_at": at,
            "saved_at": at,
            "saved_by": by,
        },
    )
    if new:
        detail = {"pathway": pathway.pk, "from": str(source), "number": source.number}
        audit.record(by=by, verb="pathway-draft-started", subject=ward, detail=detail, at=at)
    return draft


@transaction.atomic
def save_draft(
    *,
    draft: PathwayDraft,
    content: Content,
    seen: int,
    by: User,
    at: dt.datetime | None = None,
) -> PathwayDraft:
    """`seen` is the revision that was edited; StaleDraftError where another was saved since."""
    check_can_edit_pathways(by, draft.ward, at=at)
    at = at or timezone.now()
    draft = _locked(draft)
    if draft.revision != seen:
        raise StaleDraftError(draft)
    if not compare(Content.of(draft), content):
        return draft
    for name, value in content.as_fields().items():
        setattr(draft, name, value)
    draft.revision, draft.saved_at, draft.saved_by = draft.revision + 1, at, by
    draft.save()
    detail = {"pathway": draft.pathway_id, "revision": draft.revision}
    audit.record(by=by, verb="pathway-draft-saved", subject=draft.ward, detail=detail, at=at)
    return draft


@transaction.atomic
def discard_draft(
    *, draft: PathwayDraft, seen: int, by: User, at: dt.datetime | None = None
) -> None:
    """Its history stays. Raises StaleDraftError where somebody else saved it since."""
    check_can_edit_pathways(by, draft.ward, at=at)
    draft = _locked(draft)
    if draft.revision != seen:
        raise StaleDraftError(draft)
    detail = {"pathway": draft.pathway_id, "revision": draft.revision}
    audit.record(by=by, verb="pathway-draft-discarded", subject=draft.ward, detail=detail, at=at)
    draft.delete()


@transaction.atomic
def publish_draft(
    *,
    draft: PathwayDraft,
    seen: int,
    against: int,
    reason: str,
    by: User,
    agreed_by: User | None = None,
    at: dt.datetime | None = None,
) -> PathwayVersion:
    """A numbered version on which new admissions begin; who is admitted keeps theirs.

    `seen` is the draft's revision and `against` the id of the version in force that were compared:
    ChangedSinceError where either is another now, NeedsSenior where it loosens and nobody senior
    agrees.
    """
    check_can_edit_pathways(by, draft.ward, at=at)
    at = at or timezone.now()
    check_reason(reason)
    lock_ward(draft.ward)
    draft = _locked(draft)
    before = version_for(draft.ward, draft.pathway)
    if (draft.revision, before.pk) != (seen, against):
        raise ChangedSinceError
    agreed = _agreed(draft, before, by=by, agreed_by=agreed_by, at=at)
    version = _publish(draft, reason=reason, by=by, agreed_by=agreed, at=at)
    offer_pathway(ward=draft.ward, version=version, by=by, at=at)
    detail = {"pathway": draft.pathway_id, "number": version.number, "reason": version.reason}
    audit.record(by=by, verb="pathway-published", subject=version, detail=detail, at=at)
    draft.delete()
    return version


def _locked(draft: PathwayDraft) -> PathwayDraft:
    related = ("ward__lead_provider", "ward__icb", "pathway", "based_on", "saved_by")
    try:
        return locked(PathwayDraft.objects.select_related(*related), draft.pk)
    except PathwayDraft.DoesNotExist:
        raise ValidationError(
            "This draft was published or discarded meanwhile.", code="gone"
        ) from None


def _agreed(
    draft: PathwayDraft,
    before: PathwayVersion,
    *,
    by: User,
    agreed_by: User | None,
    at: dt.datetime,
) -> User | None:
    """Who answers for what is loosened; nobody need where nothing is."""
    content = Content.of(draft)
    wrong = problems(content)
    if wrong:
        raise ValidationError(wrong[0].words, code="unfinished")
    differences = compare(Content.of(before), content)
    if not differences:
        raise ValidationError("It says what the version in force says.", code="same")
    if not loosened(differences):
        return None
    answering = agreed_by or by
    if not is_senior_on(answering, draft.ward, at=at):
        raise NeedsSenior
    return answering


def _publish(
    draft: PathwayDraft, *, reason: str, by: User, agreed_by: User | None, at: dt.datetime
) -> PathwayVersion:
    own = PathwayVersion.objects.filter(ward=draft.ward, pathway=draft.pathway)
    last = own.order_by("-number").first()
    own.in_force().update(retired_at=at)
    return PathwayVersion.objects.create(
        **content_of(draft),
        ward=draft.ward,
        pathway=draft.pathway,
        number=last.number + 1 if last else 1,
        based_on=draft.based_on,
        reason=reason.strip(),
        published_at=at,
        published_by=by,
        agreed_by=agreed_by,
    )
