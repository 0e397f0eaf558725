"""How capacity's pages answer: a 304 where nothing moved, a file of exactly what is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from lib.downloads import csv_lines
from lib.fragments import wants_fragment


def unless_unchanged(
    request: HttpRequest, *, parts: Iterable[object], render: Callable[[], HttpResponse]
) -> HttpResponseBase:
    """`parts` are all that the answer is made of; unchanged, it costs a 304 and no more."""
    known = (settings.RELEASE, wants_fragment(request), request.GET.urlencode(), *parts)
    digest = hashlib.sha256(repr(known).encode()).hexdigest()[:32]
    etag = f'"{digest}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    response = render()
    response["ETag"] = etag
    return response


def csv_file(name: str, lines: Iterable[Sequence[str]]) -> HttpResponse:
    body = "".join(csv_lines(lines))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
