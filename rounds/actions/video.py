"""The link at which a ward's team meets its patients by video."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Ward
from rounds.models import VideoLink
from rounds.policies import check_can_set_video_link


@transaction.atomic
def set_video_link(
    *, ward: Ward, url: str, by: User, at: dt.datetime | None = None
) -> VideoLink | None:
    """Empty takes it away. Raises PermissionDenied, and ValidationError (`url`) for what is not
    encrypted or carries a name or password."""
    at = at or timezone.now()
    check_can_set_video_link(by, ward, at=at)
    kept, wanted = VideoLink.objects.filter(ward=ward).first(), url.strip()
    if wanted == (kept.url if kept else ""):
        return kept
    link = VideoLink(ward=ward, url=wanted, set_at=at, set_by=by)
    if wanted:
        _check(link)
        link.save()
    elif kept:
        kept.delete()
    audit.record(by=by, verb="video-link-set", subject=ward, detail={"url": wanted}, at=at)
    return link if wanted else None


def _check(link: VideoLink) -> None:
    parts = urlsplit(link.url)
    if parts.scheme != "https" or "@" in parts.netloc:
        raise ValidationError("Enter an address that begins with https://.", code="url")
    link.full_clean(exclude=["ward"])
