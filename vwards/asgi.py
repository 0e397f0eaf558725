"""The application that the web server serves: uploads by the short way, the rest through Django."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from lib.asgi import Receive, Scope, Send
from vwards.pages import Pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vwards.settings")

pages = Pages(get_wsgi_application())

from observations.api import entrance  # noqa: E402 — Django must be set up before
from vwards import urls as urls  # noqa: E402 — with all pages, which the first request would load

# What is loaded now lives as long as the process: looking through it for what may go took 60 ms,
# in the midst of somebody's upload or poll.
gc.collect()
gc.freeze()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if entrance.is_for(scope):
        await entrance.upload(scope, receive, send)
    else:
        await pages(scope, receive, send)
