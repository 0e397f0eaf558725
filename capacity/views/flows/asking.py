"""What each of these pages asks first: which place, within what its reader may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.policies import signed_in
from capacity.models import IntegratedCareBoard, Provider, Ward
from capacity.policies import check_can_see_figures, sees_small_numbers
from capacity.reports.places import Place, of_icb, of_provider, of_ward
from lib import london

Found = IntegratedCareBoard | Provider | Ward


@dataclass(frozen=True)
class Asked:
    """Who asks about which place, and when."""

    user: User
    found: Found
    place: Place
    at: dt.datetime

    @classmethod
    def of(cls, request: HttpRequest, kind: str, code: str) -> Asked:
        """403 without any role that sees figures, 404 for a place out of reach."""
        user = signed_in(request)
        check_can_see_figures(user)
        found = _find(user, kind, code)
        return cls(user, found, _place(user, found), timezone.now())

    @property
    def counted_on(self) -> dt.date:
        """The day of the last 08:00 count."""
        return london.last_counted(self.at)

    @cached_property
    def exact(self) -> bool:
        """Whether small numbers of deaths and personal characteristics are shown."""
        return sees_small_numbers(self.user, **self.codes)

    @property
    def codes(self) -> dict[str, str]:
        """As policies ask for them."""
        if isinstance(self.found, Ward):
            ward = self.found
            return {"ward": ward.code, "provider": ward.lead_provider.code, "icb": ward.icb.code}
        return {self.place.kind: self.place.code}

    def context(self, here: str, **more: Any) -> dict[str, Any]:
        """For the head that these pages share."""
        return {"place": self.place, "tabs": tabs(self.place, here), "at": self.at, **more}


def tabs(place: Place, here: str) -> list[tuple[str, str, bool]]:
    """Words, address, whether this is it."""
    names: Mapping[str, str] = {
        "hindrance-list": "What holds us back",
        "flow-list": "Flows",
        "length-list": "Length of stay",
        "control-detail": "Is it changing?",
        "change-detail": "Before and after",
    }
    return [(words, address(name, place), name == here) for name, words in names.items()]


def address(name: str, place: Place) -> str:
    return reverse(f"capacity:{name}", kwargs={"kind": f"{place.kind}s", "code": place.code})


def _find(user: User, kind: str, code: str) -> Found:
    if kind == "icbs":
        return get_object_or_404(IntegratedCareBoard.objects.visible_to(user), code=code)
    if kind == "providers":
        return get_object_or_404(Provider.objects.visible_to(user), code=code)
    wards = Ward.objects.visible_to(user).select_related("lead_provider", "icb")
    return get_object_or_404(wards, code=code)


def _place(user: User, found: Found) -> Place:
    if isinstance(found, IntegratedCareBoard):
        return of_icb(found)
    if isinstance(found, Provider):
        return of_provider(found, Ward.objects.visible_to(user))
    return of_ward(found)
