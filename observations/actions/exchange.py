"""Readings that another system brings and waits for: stored at once, by the one store function.

What belongs together stands or falls together: the readings of one Observation, or all of a
transaction. The order of locks is the drain's: retractions, devices, admissions, readings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from lib.ids import uuid7_at
from observations import lookups
from observations.actions.retractions import take_back
from observations.amends import known
from observations.amends.corrected import MOST, corrected_id, ids_of
from observations.amends.known import Known
from observations.attribution import Asked, Claim, Unclaimed
from observations.draining import gateways, heard, receipts, retractions
from observations.draining.duplicates import content_of
from observations.draining.store import store
from observations.draining.uploads import Outcome, Told, Upload, days_of
from observations.intake.sent import Reader, Rejected, Sent
from observations.storage import partitions

# Somebody waits for the answer: rather tell them to come again than keep them.
_PATIENCE: Final = "5s"
_KEPT: Final = frozenset((Outcome.STORED, Outcome.LATE, Outcome.UNCLAIMED))
_TAKEN: Final = frozenset(("retracted", "not_found"))
_BEST_FIRST: Final = ("retracted", "already", "not_found", "rejected")
_CORRECTED: Final = "corrected by its sender"
_ERROR: Final = "entered in error, says its sender"


class Sender(NamedTuple):
    """Who brings them: a key's gateway, and that gateway's clock error in seconds."""

    gateway_id: int
    key_id: int
    offset: float


@dataclass(slots=True, eq=False)
class Brought:
    """One reading as a gateway would send it, and what became of it.

    `group`: those of one number stand or fall together. `amends`: an older one of this id is
    struck through. `takes_back`: it is, and nothing comes instead. `once`: one that is there
    already is left alone. Of those that fell for another's fault, `told` is None.
    """

    item: dict[str, Any]
    group: int
    amends: bool = False
    takes_back: bool = False
    once: bool = False
    name: str = ""
    sent: Sent | None = None
    claim: Claim | Unclaimed | None = None
    found: list[Known] = field(default_factory=list)
    told: Told | None = None
    taken_back: str = ""
    replaces: bool = False

    @property
    def first_name(self) -> str:
        """The id as sent; a correction is stored under one of its own, its `name`."""
        return str(self.item["id"])

    @property
    def failed(self) -> bool:
        rejected = self.told is not None and self.told.outcome == Outcome.REJECTED
        return rejected or self.taken_back == "rejected"

    @property
    def changed(self) -> bool:
        """Whether anything is not as it was."""
        return _is_kept(self.told) or self.replaces or self.taken_back in _TAKEN

    @property
    def stays(self) -> bool:
        """It was to be made unless it is there, and it is."""
        return self.once and bool(self.found)

    @property
    def live(self) -> list[Known]:
        return [found for found in self.found if not found.error]

    @property
    def newest(self) -> Known | None:
        return max(self.found, key=lambda one: one.number, default=None)


@transaction.atomic
def exchange(*, sender: Sender, brought: Sequence[Brought], at: dt.datetime | None = None) -> UUID:
    """Do what each asks for, and write into each what became of it; returns the receipt."""
    moment = at or timezone.now()
    receipt = uuid7_at(moment)
    _begin(brought, sender, moment)
    batch = _do(brought, sender, receipt, moment)
    told = [one for one in brought if one.told is not None]
    upload = _upload(told, sender, receipt, moment)
    upload.told = [one.told for one in told]
    receipts.write([upload], batch=batch)
    gateways.heard([upload], at=moment)
    heard.note_keys([upload])
    return receipt


def _begin(brought: Sequence[Brought], sender: Sender, at: dt.datetime) -> None:
    """Partitions, locks, whose each reading is, and what is there already."""
    partitions.ensure_days(days_of([_upload(brought, sender, UUID(int=0), at)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
    if any(one.amends or one.takes_back for one in brought):
        retractions.remember([], at=at)
    for one in brought:
        one.name, one.sent = one.first_name, _sent(one, sender, at)
    asked = {
        number: Asked.about(one.sent, gateway_id=sender.gateway_id, offset=sender.offset)
        for number, one in enumerate(brought)
        if one.sent is not None
    }
    directory = lookups.look_up(list(asked.values()), at=at)
    for number, question in asked.items():
        brought[number].claim = directory.claim(question)
    _find(brought, at)


def _sent(one: Brought, sender: Sender, at: dt.datetime) -> Sent | None:
    """None where nothing can be asked about it."""
    # What is taken back needs no value: any that can be will do to find whose it was.
    item = one.item | ({"kind": "pain", "value": 0, "unit": None} if one.takes_back else {})
    read = Reader(received_at=at, offset=sender.offset).read(item)
    return read.sent if isinstance(read, Rejected) else read


def _find(brought: Sequence[Brought], at: dt.datetime) -> None:
    """All in one query, for those that want to know."""
    wanted: dict[tuple[int, str], list[Brought]] = {}
    for one in brought:
        if (one.amends or one.takes_back or one.once) and isinstance(one.claim, Claim):
            for name in ids_of(one.first_name):
                wanted.setdefault((one.claim.device_id, name), []).append(one)
    for found in known.stored(wanted, around=at):
        for one in wanted[found.device_id, found.sender_id]:
            one.found.append(found)


def _do(entries: Sequence[Brought], sender: Sender, receipt: UUID, at: dt.datetime) -> int:
    """The batch's number. Where a group fails it is all undone and done again without that group,
    but for its failures themselves: what they ask of a person is asked all the same."""
    failures: list[Brought] = []
    while True:
        with transaction.atomic():
            batch, unwanted = _try(entries, failures, sender, receipt, at)
            failed = {one.group for one in entries if one.failed}
            fallen = [one for one in entries if one.group in failed]
            again = unwanted or any(one.changed for one in fallen)
            transaction.set_rollback(again)
        if not again:
            return batch
        failures = [] if unwanted else [*failures, *(one for one in fallen if one.failed)]
        entries = [one for one in entries if one.group not in failed]
        _forget([*entries, *(one for one in fallen if not one.failed)])


def _try(
    entries: Sequence[Brought],
    failures: Sequence[Brought],
    sender: Sender,
    receipt: UUID,
    at: dt.datetime,
) -> tuple[int, bool]:
    """The batch's number, and whether one of the failures was kept for once."""
    _strike([one for one in entries if _prepare(one, sender)], sender, at)
    new = [one for one in entries if one.told is None and not one.takes_back]
    upload = _upload([*new, *failures], sender, receipt, at)
    batch = store([upload], at=at)
    for one, told in zip(new, upload.told, strict=False):
        one.told = told
    return batch, any(_is_kept(told) for told in upload.told[len(new) :])


def _forget(entries: Iterable[Brought]) -> None:
    """What became of them, for it was undone."""
    for one in entries:
        one.name, one.told, one.taken_back, one.replaces = one.first_name, None, "", False


def _prepare(one: Brought, sender: Sender) -> bool:
    """Whether something is to be struck through before the rest is stored."""
    if one.takes_back:
        return True
    if one.stays:
        # One id on two days is two readings.
        several = len({found.measured_at.date() for found in one.found}) > 1
        outcome = Outcome.REJECTED if several else Outcome.DUPLICATE
        one.told = Told(one.name, outcome, "ambiguous" if several else "")
    elif one.amends and one.sent is not None:
        one.told = _told_already(one, one.sent, sender)
        if one.told is None:
            _make_room(one)
    return one.replaces


def _told_already(one: Brought, sent: Sent, sender: Sender) -> Told | None:
    """Why it is not stored anew; None where it is."""
    newest = one.newest
    if newest is None:
        return None
    if any(found.gateway_id != sender.gateway_id for found in one.found):
        return Told(one.name, Outcome.REJECTED, "not_the_sender")
    if newest.content == content_of(sent):
        one.name = newest.sender_id
        if newest.error:
            return Told(one.name, Outcome.REJECTED, retractions.RETRACTED)
        return Told(one.name, Outcome.DUPLICATE)
    if newest.number >= MOST:
        return Told(one.name, Outcome.REJECTED, "corrected_too_often")
    return None


def _make_room(one: Brought) -> None:
    """The old one keeps its id, is struck through, and says by what it was replaced."""
    number = one.newest.number if one.newest else 1
    one.name = corrected_id(one.first_name, number + 1)
    one.replaces = bool(one.live) or not one.found


def _strike(entries: Sequence[Brought], sender: Sender, at: dt.datetime) -> None:
    """Each with all its corrections, and all at once. One that is nowhere is not stored when it
    comes."""
    items = [(one, item) for one in entries for item in _struck_items(one)]
    told = take_back(items=[item for _, item in items], gateway_id=sender.gateway_id, at=at)
    for one in entries:
        own = {said for (whose, _), said in zip(items, told, strict=True) if whose is one}
        if one.takes_back:
            one.taken_back = next(said for said in _BEST_FIRST if said in own)


def _struck_items(one: Brought) -> list[dict[str, Any]]:
    old = one.found if one.takes_back else one.live
    named = [{"id": k.sender_id, "measured_at": k.measured_at.isoformat()} for k in old] or [{}]
    reason = _ERROR if one.takes_back else f"{_CORRECTED}: {one.name}"
    return [one.item | name | {"reason": reason} for name in named]


def _is_kept(told: Told | None) -> bool:
    return told is not None and told.outcome in _KEPT


def _upload(entries: Sequence[Brought], sender: Sender, receipt: UUID, at: dt.datetime) -> Upload:
    readings = [one.item | {"id": one.name or one.first_name} for one in entries]
    return Upload(
        sender.gateway_id, receipt, at, readings, offset=sender.offset, key_id=sender.key_id
    )
