"""The Celery app: `celery -A vwards worker` and `celery -A vwards beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.utils.log import configure_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vwards.settings")

app = Celery("vwards")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["vwards"], related_name="health")


@setup_logging.connect
def log_as_django_does(**_: Any) -> None:
    """Celery would otherwise put its own handlers beside ours."""
    from django.conf import settings

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
