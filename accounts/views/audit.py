"""Auditors' page: who looked at and changed what; asking is itself written down."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import audit, trail
from accounts.forms import AuditFilterForm
from accounts.policies import check_can_audit, signed_in


@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    check_can_audit(user)
    audit.look(request, page="audit", subject=user)
    form = AuditFilterForm(request.GET)
    found = trail.lines(user, **form.cleaned_data) if form.is_valid() else []
    told = {"form": form, "lines": found, "most": trail.MOST}
    return render(request, "accounts/audit_list.html", told)
