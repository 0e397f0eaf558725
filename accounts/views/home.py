"""`/`: each person's own desk."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.desks import home_desks
from accounts.policies import is_signed_in_staff


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Straight on where there is one desk; a choice where there are several."""
    desks = home_desks(request.user)
    if len(desks) == 1:
        return redirect(desks[0][1])
    return _choice(request, desks)


def _choice(request: HttpRequest, desks: object) -> HttpResponse:
    known = is_signed_in_staff(request.user)
    return render(request, "accounts/home.html", {"desks": desks, "has_role": known})
