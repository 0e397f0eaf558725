"""Wires the house together; nothing else imports this package."""

from vwards.celery import app as celery_app

__all__ = ["celery_app"]
