"""24,000 patients on 480 wards, each with a plan and a hub, and 40 gateways that speak for them.

One patient a pathway is referred, admitted, given kit and measured by the house's own actions;
all others are copies of their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bench import cloning

if TYPE_CHECKING:
    from accounts.models import User
    from capacity.models import Provider, Ward
    from patients.models import Admission

PATHWAYS = ("frailty", "acute-respiratory-infection", "heart-failure", "copd")
ADMITTED = timedelta(days=45)
SETTLED = timedelta(hours=1)


@dataclass(frozen=True)
class Size:
    providers: int
    wards: int
    beds: int

    @property
    def patients(self) -> int:
        return self.providers * self.wards * self.beds


ENGLAND = Size(providers=40, wards=12, beds=50)
SMALL = Size(providers=4, wards=1, beds=50)


@dataclass(frozen=True)
class Gateway:
    """Its key, and the serials of the hubs that it speaks for."""

    key: str
    serials: list[str]


@dataclass(frozen=True)
class House:
    size: Size
    gateways: list[Gateway]
    ward: Ward
    nurse: User


def furnish(size: Size) -> House:
    """Into an empty database; the last readings are of this moment."""
    from capacity.models import Ward
    from tests.patients.factories import make_clinician

    now = datetime.now(UTC)
    providers = [_provider(n) for n in range(size.providers)]
    model = _model_ward(size, now)
    cloning.open_wards(model, a_provider=size.wards)
    cloning.fill_beds(_model_patients(model, now))
    _catch_up()
    ward = Ward.objects.filter(lead_provider=providers[0]).order_by("pk")[0]
    gateways = [_gateway(provider) for provider in providers]
    return House(size, gateways, ward, make_clinician(ward))


def _provider(number: int) -> Provider:
    from tests.capacity.factories import make_provider

    return make_provider(f"BENCH{number:02}", name=f"Bench Trust {number}")


def _model_ward(size: Size, now: datetime) -> Ward:
    from tests.capacity.factories import make_beds, make_ward

    ward = make_ward("MODEL-ward", opens=(now - ADMITTED).date())
    make_beds(ward, size.beds, starts=now - ADMITTED)
    return ward


def _model_patients(ward: Ward, now: datetime) -> list[Admission]:
    """One a pathway, over capacity because the beds are the copies'. All that is planned was
    measured just now: a country in which everybody is silent rings, and does little else."""
    from observations.draining import drain
    from observations.intake import inbox
    from observations.watch import deadlines, firsts
    from tests.observations.factories import (
        NORMAL,
        body_of,
        make_gateway,
        make_held_hub,
        make_key,
        make_set,
    )
    from tests.patients.factories import make_admission, make_clinician

    key, then, models = make_key(make_gateway()), now - ADMITTED + SETTLED, []
    for pathway in PATHWAYS:
        model = make_admission(ward=ward, pathway=pathway, over_capacity="a model", at=then)
        hub = make_held_hub(model, by=make_clinician(ward), at=then)
        planned = {line.kind: NORMAL[line.kind] for line in model.plan_lines.all()}
        inbox.accept(key=key, body=body_of(make_set(hub, now, **planned)))
        models.append(model)
    drain.drain_all()
    while deadlines.refresh_changed(at=now):
        pass
    firsts.note(at=datetime.now(UTC))
    return models


def _catch_up() -> None:
    """What a house does of weeks in its first minute was done in its time: the load is measured."""
    from capacity import tasks as figures
    from rounds import tasks as desk

    figures.refresh_figures()
    figures.freeze_thursdays()
    desk.ring_unwatched()


def _gateway(provider: Provider) -> Gateway:
    from observations.models import Device
    from tests.observations.factories import make_gateway, make_key

    held = Device.objects.filter(provider=provider).order_by("pk")
    return Gateway(make_key(make_gateway(provider)), list(held.values_list("serial", flat=True)))
