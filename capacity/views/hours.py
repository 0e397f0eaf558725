"""When a ward is staffed and whom to call: as it is, as it was, and as its lead changes it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import signed_in
from capacity.actions.hours import set_week
from capacity.forms.hours import HoursForm
from capacity.hours import to_call, week_on
from capacity.policies import can_set_hours, check_can_set_hours
from capacity.presenters.hours import HoursPresenter
from capacity.views.wards import visible_ward
from capacity.weeks import every_week
from lib.london import day_of

_BESIDE = {"starts": "starts", "gap": "out_of_hours_team"}


@require_http_methods(["GET", "HEAD", "POST"])
def ward_hours(request: HttpRequest, code: str) -> HttpResponseBase:
    """Whoever sees the ward's figures reads its hours; its lead sets them."""
    user, at = signed_in(request), timezone.now()
    ward = visible_ward(user, code)
    if request.method == "POST":
        check_can_set_hours(user, ward, at=at)
    weeks = every_week(ward)
    today = day_of(at)
    now = week_on(weeks, today)
    initial = {
        "starts": today,
        "out_of_hours_team": now.team if now else "",
        "out_of_hours_phone": now.phone if now else "",
    }
    form = HoursForm(request.POST if request.method == "POST" else None, now=now, initial=initial)
    if form.is_valid():
        try:
            set_week(
                ward=ward,
                periods=form.periods(),
                out_of_hours_team=form.cleaned_data["out_of_hours_team"],
                out_of_hours_phone=form.cleaned_data["out_of_hours_phone"],
                starts=form.cleaned_data["starts"],
                by=user,
                at=at,
            )
        except ValidationError as refused:
            form.add_error(_BESIDE.get(refused.code or ""), refused.message)
        else:
            messages.success(request, f"The hours of {ward.name} are set.")
            return redirect("capacity:ward-hours", code)
    shown = HoursPresenter(weeks, to_call(weeks, at), at)
    told = {"ward": ward, "form": form, "shown": shown, "may_set": can_set_hours(user, ward, at=at)}
    status = 422 if form.errors else 200
    return render(request, "capacity/ward_hours.html", told, status=status)
