"""What people do about an alert: own it, act, hand it on, escalate, close it with an outcome.

`shown_at` is when the alert had last rung as the person saw it on their page (its `rang_at` then).
If it rang again since, nothing that they do covers what they had not seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from lib import locks
from observations.actions.refusals import ActionRefusedError
from observations.bells import REPEAT_AFTER
from observations.models import Alert, AlertEvent, Trigger
from observations.policies import check_can_answer
from observations.rulesets import as_priority
from observations.storage.versions import touch_standing
from patients.models import Admission


class AlertRefusedError(ActionRefusedError):
    """What cannot be done to this alert now."""


@transaction.atomic
def acknowledge(
    *,
    alert: Alert,
    by: User,
    shown_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Alert:
    """Own the alert, and acknowledge its triggers; done twice, it is done once.

    Refused when somebody else owns it, and when it rang again since `shown_at` (absent: it was
    seen as it is now): an older look never covers something worse.
    """
    moment = at or timezone.now()
    locked = _ready(alert, by)
    _check_not_anothers(locked, by)
    _check_as_shown(locked, shown_at)
    if locked.owner == by and not _waiting(locked):
        return locked
    _take(locked, by, moment)
    return _tell(locked, AlertEvent.What.ACKNOWLEDGED, "", by, moment)


@transaction.atomic
def act(
    *,
    alert: Alert,
    text: str,
    by: User,
    shown_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Alert:
    """Somebody did something about it: the clock of what goes on without an action starts anew,
    and an alert that nobody owned is theirs."""
    return _act(alert, AlertEvent.What.ACTED, text, by, shown_at, at)


@transaction.atomic
def escalate(
    *,
    alert: Alert,
    to: str,
    text: str,
    by: User,
    shown_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Alert:
    """Called for more help: 999, urgent community response, a senior. It is an action, too."""
    told = f"{to}: {text}" if text else to
    return _act(alert, AlertEvent.What.ESCALATED, told, by, shown_at, at)


@transaction.atomic
def hand_on(
    *,
    alert: Alert,
    to: User,
    text: str = "",
    by: User,
    shown_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Alert:
    """Another clinician of the ward owns it from now on; refused when it rang again since
    `shown_at`, for then it would be quiet about what neither of them has seen."""
    check_can_answer(to, alert)
    moment = at or timezone.now()
    locked = _ready(alert, by)
    _check_as_shown(locked, shown_at)
    _own(locked, to, moment)
    told = f"to {to.signature}: {text}" if text else f"to {to.signature}"
    return _tell(locked, AlertEvent.What.HANDED_ON, told, by, moment)


@transaction.atomic
def close(
    *,
    alert: Alert,
    outcome: str,
    note: str = "",
    by: User,
    shown_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Alert:
    """The end, with what came of it. The next finding opens another alert: closing re-arms."""
    moment = at or timezone.now()
    locked = _ready(alert, by)
    _check_as_shown(locked, shown_at)
    locked.outcome, locked.outcome_note = outcome, note
    locked.closed_at, locked.closed_by, locked.next_step_at = moment, by, None
    locked.save(update_fields=["outcome", "outcome_note", "closed_at", "closed_by", "next_step_at"])
    return _tell(locked, AlertEvent.What.CLOSED, note or locked.get_outcome_display(), by, moment)


@transaction.atomic
def close_for_departure(
    *,
    admission: Admission,
    outcome: str = Alert.Outcome.PATIENT_LEFT,
    note: str = "",
    by: User,
    at: dt.datetime | None = None,
) -> Alert | None:
    """One outcome for all that was open when the patient left, died or went by ambulance."""
    alert = Alert.objects.open().filter(admission=admission).first()
    if alert is None:
        return None
    return close(alert=alert, outcome=outcome, note=note, by=by, at=at)


def _act(
    alert: Alert,
    what: str,
    text: str,
    by: User,
    shown_at: dt.datetime | None,
    at: dt.datetime | None,
) -> Alert:
    """Never refused because it rang again meanwhile: what was done was done. But then it stays
    nobody's."""
    moment = at or timezone.now()
    locked = _ready(alert, by)
    locked.acted_at, locked.repeat_at = moment, _repeat_at(locked, moment)
    locked.save(update_fields=["acted_at", "repeat_at"])
    if locked.owner is None and not _rang_since(locked, shown_at):
        _take(locked, by, moment)
    return _tell(locked, what, text, by, moment)


def _ready(alert: Alert, by: User) -> Alert:
    check_can_answer(by, alert)
    locked = _lock(alert)
    if locked.closed_at is not None:
        raise AlertRefusedError("This alert was closed meanwhile.")
    return locked


def _lock(alert: Alert) -> Alert:
    """The admission first, as the drain does, so that neither waits for the other."""
    if alert.admission_id is not None:
        Admission.objects.select_for_update(no_key=True).get(pk=alert.admission_id)
    return locks.locked(Alert.objects.select_related("owner"), alert.pk)


def _check_not_anothers(alert: Alert, by: User) -> None:
    if alert.owner is not None and alert.owner != by:
        raise AlertRefusedError(f"{alert.owner.signature} owns this alert.")


def _check_as_shown(alert: Alert, shown_at: dt.datetime | None) -> None:
    if _rang_since(alert, shown_at):
        raise AlertRefusedError("It rang again since you looked. Read it once more.")


def _rang_since(alert: Alert, shown_at: dt.datetime | None) -> bool:
    return shown_at is not None and alert.rang_at > shown_at


def _take(alert: Alert, by: User, at: dt.datetime) -> None:
    for trigger in _waiting(alert):
        trigger.acknowledged_at, trigger.acknowledged_by = at, by
        trigger.save(update_fields=["acknowledged_at", "acknowledged_by"])
    alert.repeat_at = _repeat_at(alert, at)
    alert.save(update_fields=["repeat_at"])
    _own(alert, by, at)


def _repeat_at(alert: Alert, at: dt.datetime) -> dt.datetime:
    """An owner who does nothing is called again."""
    return at + REPEAT_AFTER[as_priority(alert.priority)]


def _waiting(alert: Alert) -> Iterable[Trigger]:
    """Triggers that rang after they were acknowledged, or never were."""
    return [trigger for trigger in alert.triggers.all() if not trigger.is_acknowledged]


def _own(alert: Alert, owner: User, at: dt.datetime) -> None:
    """Owned: the ladder stops. It starts again when the alert rings again, unowned."""
    alert.owner, alert.owned_at, alert.next_step_at = owner, at, None
    alert.save(update_fields=["owner", "owned_at", "next_step_at"])


def _tell(alert: Alert, what: str, text: str, by: User, at: dt.datetime) -> Alert:
    AlertEvent.objects.create(alert=alert, what=what, text=text[:400], at=at, by=by)
    audit.record(by=by, verb=f"alert-{what.replace('_', '-')}", subject=alert, at=at)
    if alert.admission_id is not None:
        touch_standing(alert.admission_id)
    return alert
