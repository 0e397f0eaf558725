"""Fills a new house, as a program of its own: wards, patients who wear hubs, gateways with keys."""

import datetime as dt
import json

import django

django.setup()

from django.utils import timezone  # noqa: E402 — the models need the settings first

from observations.actions.devices import issue_device  # noqa: E402
from observations.storage import partitions  # noqa: E402
from observations.watch import deadlines  # noqa: E402
from tests.capacity.factories import make_ward  # noqa: E402
from tests.observations.factories import make_gateway, make_hub, make_key  # noqa: E402
from tests.patients.factories import make_admission, make_clinician  # noqa: E402

WARDS = 2
PATIENTS = 6
PATHWAYS = ("frailty", "heart-failure")


def main() -> None:
    """Writes the keys and the devices' serials as one line of JSON."""
    now = timezone.now()
    devices = [_patient(number, now - dt.timedelta(days=3)) for number in range(WARDS * PATIENTS)]
    keys = [make_key(make_gateway()) for _ in range(2)]
    # What beat would do within seconds, so that the calm copy starts from the same.
    partitions.ensure_ahead(now)
    deadlines.refresh_changed(at=now)
    print(json.dumps({"keys": keys, "devices": devices}))


def _patient(number: int, at: dt.datetime) -> str:
    ward = make_ward(f"RT5-ward-{number % WARDS}", name=f"Ward {number % WARDS}")
    admission = make_admission(ward=ward, pathway=PATHWAYS[number % 2], at=at)
    hub = make_hub(provider=ward.lead_provider)
    issue_device(device=hub, admission=admission, by=make_clinician(ward), at=at)
    return hub.serial


if __name__ == "__main__":
    main()
