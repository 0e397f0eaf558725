"""The team's link for video calls; its lead sets it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.policies import signed_in
from capacity.models import Ward
from lib.addresses import address
from lib.fields import refuse
from patients.views.acting import form_page
from patients.views.asking import caring_ward
from rounds.actions.video import set_video_link
from rounds.forms.video import VideoForm
from rounds.models import VideoLink
from rounds.policies import check_can_set_video_link
from rounds.views.asking import READ_OR_POST


@require_http_methods(READ_OR_POST)
def video_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    user = signed_in(request)
    ward = caring_ward(user, code)
    check_can_set_video_link(user, ward)
    now = VideoLink.objects.filter(ward=ward).first()
    posted = request.POST if request.method == "POST" else None
    form = VideoForm(posted, initial={"url": now.url if now else ""})
    if form.is_valid() and _set(form, ward, user):
        messages.success(request, f"The video link of {ward.name} is changed.")
        return redirect("rounds:ward-visits", code)
    told = {
        "title": f"{ward.name}: video calls",
        "submit": "Save the link",
        "back_url": address("rounds:ward-visits", code),
    }
    return form_page(request, "patients/action.html", form, **told)


def _set(form: VideoForm, ward: Ward, user: User) -> bool:
    try:
        set_video_link(ward=ward, by=user, **form.cleaned_data)
    except ValidationError as refused:
        refuse(form, refused, beside={"url": "url"})
        return False
    return True
