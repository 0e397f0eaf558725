"""What readings ask people to do is done, or ends with the patient's leaving."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from observations.models import Prompt
from observations.policies import check_can_finish_prompt
from observations.storage.versions import touch_standing
from patients.models import Admission


@transaction.atomic
def finish_prompt(
    *, prompt: Prompt, outcome: str, by: User, at: dt.datetime | None = None
) -> Prompt:
    """Raises PermissionDenied, and ValidationError when somebody was quicker."""
    check_can_finish_prompt(by, prompt)
    moment = at or timezone.now()
    locked = Prompt.objects.select_for_update(of=("self",)).get(pk=prompt.pk)
    if locked.done_at is not None:
        raise ValidationError("Somebody has done this already.", code="done")
    locked.done_at, locked.done_by, locked.outcome = moment, by, outcome.strip()[:200]
    locked.save(update_fields=["done_at", "done_by", "outcome"])
    detail = {"prompt": locked.pk, "kind": locked.kind}
    audit.record(by=by, verb="prompt-done", subject=locked, detail=detail, at=moment)
    if locked.admission_id is not None:
        touch_standing(locked.admission_id)
    return locked


@transaction.atomic
def finish_prompts_of(
    *, admission: Admission, outcome: str, by: User, at: dt.datetime | None = None
) -> list[Prompt]:
    """All that is still asked for this patient, with one outcome; kit to come back stays asked."""
    asked = Prompt.objects.open().filter(admission=admission)
    after = (Prompt.Kind.KIT_BACK, Prompt.Kind.STILL_MEASURING)
    return [
        finish_prompt(prompt=prompt, outcome=outcome, by=by, at=at)
        for prompt in asked.exclude(kind__in=after).order_by("pk")
    ]
