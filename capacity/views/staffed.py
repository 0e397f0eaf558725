"""How many beds a ward can staff: as it is, as it was, and as its lead tells it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import signed_in
from capacity.actions.staffed import tell_staffed
from capacity.forms.staffed import StaffedForm
from capacity.policies import can_tell_staffed, check_can_tell_staffed
from capacity.presence import count_of
from capacity.presenters.staffed import StaffedPresenter
from capacity.views.wards import visible_ward
from lib import london
from lib.fields import refuse


@require_http_methods(["GET", "HEAD", "POST"])
def ward_staffed(request: HttpRequest, code: str) -> HttpResponseBase:
    """Whoever sees the ward's figures reads it; its lead tells it."""
    user, at = signed_in(request), timezone.now()
    ward = visible_ward(user, code)
    posted = request.method == "POST"
    if posted:
        check_can_tell_staffed(user, ward, at=at)
    today = london.day_of(at)
    form = StaffedForm(request.POST if posted else None, initial={"starts": today})
    if form.is_valid():
        try:
            told = tell_staffed(ward=ward, by=user, at=at, **form.cleaned_data)
        except ValidationError as refused:
            refuse(form, refused, beside={"starts": "starts"})
        else:
            day = london.plain_day(told.starts)
            messages.success(request, f"{ward.name} is staffed for {told.number} from {day}.")
            return redirect("capacity:ward-staffed", code)
    history = ward.staffed.select_related("told_by").order_by("-starts")
    context = {
        "ward": ward,
        "shown": StaffedPresenter(list(history), count_of(ward, at).beds, today),
        "form": form,
        "may_tell": can_tell_staffed(user, ward, at=at),
    }
    status = 422 if form.errors else 200
    return render(request, "capacity/ward_staffed.html", context, status=status)
