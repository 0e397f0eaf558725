"""A ward with beds, for every test of this app."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from capacity.models import Ward
from rounds.models import Questionnaire
from tests.capacity.factories import make_ward


@pytest.fixture
def first_questions(db: None) -> None:
    """What the migration made; the flush after a test with transactions takes it away."""
    if not Questionnaire.objects.filter(ward=None).exists():
        import_module("rounds.migrations.0002_first_questions").ask(apps, None)


@pytest.fixture
def ward(first_questions: None) -> Ward:
    return make_ward()


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()
