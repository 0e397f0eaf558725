"""What each figure means, and where it comes from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capacity.policies import check_can_see_figures


@require_safe
def definition_list(request: HttpRequest) -> HttpResponse:
    check_can_see_figures(request.user)
    return render(request, "capacity/definition_list.html")
