"""A page, or only the part of it that htmx asked for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx swaps a part: not for a boosted link, nor when the back button lost its page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and not (
        headers.get("HX-Boosted") == "true" or headers.get("HX-History-Restore-Request") == "true"
    )


def render(
    request: HttpRequest,
    page: str,
    context: dict[str, Any] | None = None,
    *,
    fragment: str,
    status: int = 200,
) -> HttpResponse:
    """Render `fragment` for htmx and `page`, which includes that very fragment, for all others."""
    template = fragment if wants_fragment(request) else page
    response = render_template(request, template, context, status=status)
    # One address, two bodies: a cache must not give one for the other.
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response
