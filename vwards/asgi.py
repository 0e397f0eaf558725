"""The application that the web server serves: uploads by the short way, the rest through Django."""

import os

from django.core.wsgi import get_wsgi_application

from lib.asgi import Receive, Scope, Send
from vwards.pages import Pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vwards.settings")

pages = Pages(get_wsgi_application())

from observations.api import entrance  # noqa: E402 — Django must be set up before


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if entrance.is_for(scope):
        await entrance.upload(scope, receive, send)
    else:
        await pages(scope, receive, send)
