"""Readings that no ward can see in words, for people who may see neither values nor names."""

from __future__ import annotations

import datetime as dt

from lib import london
from observations.forms.tray import PlaceForm
from observations.strays import Strays
from patients.presenters.words import counted


class StraysPresenter:
    """What one card of templates/observations/stray_list.html shows."""

    def __init__(self, pile: Strays, form: PlaceForm, *, at: dt.datetime) -> None:
        self.pk, self.form = pile.gateway.pk, form
        self.serial = pile.serial or "No device told"
        self.dom_id = f"strays-{pile.readings[0].pk}"
        self.gateway = f"{pile.gateway.supplier}: {pile.gateway.name}"
        self.count = counted(len(pile.readings), "reading", "readings")
        self.since, self.age = pile.since, london.age(pile.since, at)
        self.since_title = london.long_moment(pile.since)
        self.rows = ",".join(str(row.pk) for row in pile.readings)
        self.has_places = form.has_wards
