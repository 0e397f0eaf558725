"""Whether people on leave count in occupancy: as it is, was and will be, and as it is set."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import signed_in
from capacity.actions.leave_settings import set_leave
from capacity.forms.leave import LeaveForm
from capacity.models import LeaveSetting
from capacity.policies import can_set_leave, check_can_see_figures, check_can_set_leave
from capacity.presenters.leave import LeavePresenter
from lib import london
from lib.fields import refuse


@require_http_methods(["GET", "HEAD", "POST"])
def leave_setting(request: HttpRequest) -> HttpResponseBase:
    """Whoever sees figures reads it; who plans for all of England sets it."""
    user, at = signed_in(request), timezone.now()
    check_can_see_figures(user)
    posted = request.method == "POST"
    if posted:
        check_can_set_leave(user)
    form = LeaveForm(request.POST if posted else None)
    if form.is_valid():
        try:
            setting = set_leave(by=user, at=at, **form.as_arguments())
        except ValidationError as refused:
            refuse(form, refused, beside={"starts": "starts", "reason": "reason"})
        else:
            day = london.plain_day(setting.starts)
            counted = "counted" if setting.counted else "not counted"
            messages.success(request, f"From {day} people on leave are {counted} in occupancy.")
            return redirect("capacity:leave-setting")
    settings = list(LeaveSetting.objects.select_related("set_by").order_by("-starts"))
    told = {
        "shown": LeavePresenter(settings, london.day_of(at)),
        "form": form,
        "may_set": can_set_leave(user),
    }
    return render(request, "capacity/leave_setting.html", told, status=422 if form.errors else 200)
