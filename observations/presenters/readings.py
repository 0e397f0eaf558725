"""A correction of readings in words, before anybody makes it: how many, when, whose they become."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from lib import london
from observations.amends.corrections import Key
from observations.forms.readings import MOVE
from patients.models import Admission
from patients.presenters.words import counted, named


class CheckPresenter:
    """`seen` stands for exactly what is told here: where anything of it has changed since, even a
    reading that came in between, it is told again."""

    def __init__(
        self,
        admission: Admission,
        given: Mapping[str, Any],
        keys: Sequence[Key],
        *,
        serial: str,
        at: dt.datetime,
    ) -> None:
        self._whom, self._serial, self._at = named(admission.patient), serial, at
        self._to = named(given["to"].patient) if given["decision"] == MOVE else ""
        self._first, self._last = keys[0].measured_at, keys[-1].measured_at
        self._many = counted(len(keys), "reading", "readings")
        told = repr((given["decision"], self._to and given["to"].pk, *keys))
        self.seen = sha256(told.encode()).hexdigest()

    @property
    def words(self) -> str:
        """7 readings of OX-2117, measured Tue 08:02 to 09:40, go from … to …"""
        first, last = (london.near_moment(one, self._at) for one in (self._first, self._last))
        span = f"measured {first}" if first == last else f"measured {first} to {last}"
        told = f"{self._many} of {self._serial}, {span},"
        if self._to:
            return f"{told} go from {self._whom} to {self._to}. Both are scored again."
        return (
            f"{told} are struck through for {self._whom}. They are kept, and {self._whom} is "
            "scored again without them."
        )

    @property
    def submit(self) -> str:
        if self._to:
            return f"Move {self._many} to {self._to}"
        return f"Strike through {self._many} of {self._whom}"
