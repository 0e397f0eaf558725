"""Ages that go on ticking in the browser: an unchanged row is not drawn again for their sake."""

import datetime as dt

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lib.london import age


def ticking(at: dt.datetime, now: dt.datetime) -> SafeString:
    """12 min"""
    return format_html('<time data-age datetime="{}">{}</time>', at.isoformat(), age(at, now))
