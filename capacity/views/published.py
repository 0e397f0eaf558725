"""Brings a published month in by hand; `manage.py import_published` does the same for many."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.policies import signed_in
from capacity.actions.published import store_month
from capacity.forms.published import UploadForm
from capacity.policies import check_can_import_published
from capacity.presenters import words


@require_http_methods(["GET", "HEAD", "POST"])
def published_upload(request: HttpRequest) -> HttpResponseBase:
    user = signed_in(request)
    check_can_import_published(user)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if not form.is_valid():
        return _page(request, form)
    month = form.month
    assert month is not None
    source = f"NHS England, {form.cleaned_data['workbook'].name}"
    stored = store_month(month=month, source=source, by=user)
    told = (
        f"{words.month_name(month.month)}: {stored.new} lines are new, {stored.changed} changed, "
        f"{stored.same} as they were; {len(month.unread)} cells left out."
    )
    messages.success(request, told)
    return redirect(f"{reverse('capacity:england-detail')}?month={month.month:%Y-%m}")


def _page(request: HttpRequest, form: UploadForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "capacity/published_upload.html", {"form": form}, status=status)
