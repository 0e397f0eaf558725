"""The process that serves: what it has loaded once it is ready."""

import subprocess
import sys

from django.conf import settings

PROGRAM = """
import gc, sys
from vwards import asgi
print(gc.get_freeze_count() > 50_000, len(gc.get_objects()) < 10_000)
print("rounds.views.board" in sys.modules)
"""


def test_pages_are_loaded_before_the_first_request_and_left_out_of_every_look_for_garbage():
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
        check=True,
    )
    assert told.stdout.split() == ["True", "True", "True"]
