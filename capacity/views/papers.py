"""A page of A4 for a board meeting: of an ICB, and of several together."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from capacity.presenters.paper import DEFINITIONS, IcbPaper, TogetherPaper
from capacity.presenters.spans import Span
from capacity.views.flows.asking import Asked
from capacity.views.flows.hindrances import QUARTER, hindrances
from capacity.views.icbs import shown_icb
from capacity.views.together import shown_together


@require_safe
def icb_paper(request: HttpRequest, code: str) -> HttpResponse:
    shown = shown_icb(request, code)
    asked = Asked.of(request, "icbs", code)
    holding = hindrances(asked, Span.read({}, asked.counted_on, QUARTER))
    paper = IcbPaper(shown, holding)
    return _page(request, paper, reverse("capacity:icb-detail", args=[code]))


@require_safe
def together_paper(request: HttpRequest) -> HttpResponse:
    paper = TogetherPaper(shown_together(request))
    return _page(request, paper, reverse("capacity:together-detail"))


def _page(request: HttpRequest, paper: IcbPaper | TogetherPaper, back: str) -> HttpResponse:
    context = {
        "shown": paper,
        "definitions": DEFINITIONS,
        "back_url": f"{back}?{paper.back_query}",
    }
    return render(request, "capacity/paper_detail.html", context)
