"""All that a ward's kit page tells: who wears what, what is wanted back, what lies in store."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from capacity.models import Ward
from observations import kinds, silence, worn
from observations.models import Device, DueTime, Holding, Prompt
from observations.storage.queries import rows

# Readings are asked for within these days only: what is older is "not for a week".
LOOKED_BACK: Final = dt.timedelta(days=7)
_HEARD: Final = """
    SELECT device_id, max(measured_at) FROM observations_reading
    WHERE admission_id = ANY(%s::uuid[]) AND measured_at >= %s AND measured_at <= %s
    GROUP BY device_id
"""
Dues = dict[str, dt.datetime | None]
_KINDS: Final = {number: name for name, number in kinds.NUMBERS.items()}


@dataclass(frozen=True, slots=True)
class Worn:
    """A device with its holder; `silent` are its kinds that are overdue beyond being late, `cause`
    is why, `due_at` since when."""

    holding: Holding
    heard_at: dt.datetime | None
    silent: tuple[str, ...] = ()
    cause: silence.Cause = "silent"
    due_at: dt.datetime | None = None

    @property
    def still_measuring(self) -> bool:
        """It went on after its holder had been discharged."""
        ended = self.holding.admission.discharged_at
        return ended is not None and self.heard_at is not None and self.heard_at > ended


@dataclass(frozen=True, slots=True)
class Kit:
    worn: list[Worn]
    wanted: list[Worn]
    in_store: list[Device]
    out_of_use: list[Device]
    shared: list[Device]
    prompts: list[Prompt] = field(default_factory=list)


def kit(ward: Ward, *, at: dt.datetime) -> Kit:
    """Holdings of this ward's patients, and the rest of its organisation's devices."""
    held = _with_marks(Holding.objects.open().filter(admission__ward=ward), at)
    owned = Device.objects.filter(provider=ward.lead_provider).select_related(
        "place", "supplier", "told"
    )
    states = Device.Status
    return Kit(
        worn=[one for one in held if not _is_wanted(one)],
        wanted=[one for one in held if _is_wanted(one)],
        in_store=list(owned.filter(status=states.IN_STORE, use=Device.Use.PERSONAL)),
        out_of_use=list(owned.filter(status__in=(states.FAULTY, states.LOST)).exclude(_held())),
        shared=list(owned.filter(use=Device.Use.SHARED)),
        prompts=list(_prompts(ward)),
    )


def heard(admissions: Collection[UUID], *, at: dt.datetime) -> dict[int, dt.datetime]:
    """When each device of these admissions last measured something, within a week."""
    asked = [list(map(str, admissions)), at - LOOKED_BACK, at + dt.timedelta(days=1)]
    return dict(rows(_HEARD, asked))


def _with_marks(holdings: QuerySet[Holding], at: dt.datetime) -> list[Worn]:
    held = list(
        holdings.select_related(
            "device__supplier", "device__told", "device__last_gateway", "admission__patient"
        )
        .select_related("admission__discharge", "ordered_by", "delivered_by", "chased_by")
        .prefetch_related("admission__patient__identifiers")
        .order_by("admission__patient__family_name", "device__serial")
    )
    ids = {holding.admission_id for holding in held}
    last, silent = heard(ids, at=at), _silent(ids, at)
    return [
        _marked(holding, last.get(holding.device_id), silent[holding.admission_id], at)
        for holding in held
    ]


def _marked(holding: Holding, heard_at: dt.datetime | None, overdue: Dues, at: dt.datetime) -> Worn:
    device = holding.device
    silent = tuple(kind for kind in device.kinds if kind in overdue)
    due = min((known for kind in silent if (known := overdue[kind])), default=None)
    cause = silence.cause([worn.known(device)], due_at=due, now=at)
    return Worn(holding, heard_at, silent, cause, due)


def _silent(ids: Collection[UUID], at: dt.datetime) -> defaultdict[UUID, Dues]:
    """When the overdue kinds were due."""
    found: defaultdict[UUID, Dues] = defaultdict(dict)
    overdue = DueTime.objects.filter(admission__in=ids, silent_at__lte=at)
    for admission_id, kind, due_at in overdue.values_list("admission_id", "kind", "due_at"):
        found[admission_id][_KINDS[kind]] = due_at
    return found


def _is_wanted(one: Worn) -> bool:
    left = one.holding.admission.discharged_at is not None
    return left or one.holding.device.status == Device.Status.WANTED_BACK


def _held() -> Q:
    return Q(pk__in=Holding.objects.open().values("device"))


def _prompts(ward: Ward) -> QuerySet[Prompt]:
    asked = Prompt.objects.on(ward).open().select_related("device", "admission__patient")
    return asked.prefetch_related("admission__patient__identifiers").order_by("raised_at")
