"""A row by its key is the row that a queryset finds, with all that it points at."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lib.by_key import ByKey
from patients.models import Admission
from tests.patients.factories import make_admission

RELATED = ("patient__lives_in", "ward__lead_provider", "pathway_version__pathway", "spell")
FOUND = ByKey("found", lambda: Admission.objects.select_related(*RELATED))


def _all(model):
    return {name: value for name, value in model.__dict__.items() if name != "_state"}


@pytest.mark.django_db
def test_it_is_the_row_that_a_queryset_finds():
    pk = make_admission().pk
    found, same = FOUND.get(pk), Admission.objects.get(pk=pk)
    assert found
    assert _all(found) == _all(same)
    assert found == same
    assert not found._state.adding


@pytest.mark.django_db
def test_what_it_points_at_is_asked_for_with_it():
    pk = make_admission().pk
    with CaptureQueriesContext(connection) as asked:
        found = FOUND.get(pk)
        assert found
        told = (
            found.patient.lives_in,
            found.ward.lead_provider.code,
            found.pathway_version.criteria,
            found.pathway_version.pathway.name,
            found.spell.pk,
        )
    assert len(asked) == 1
    same = Admission.objects.get(pk=pk)
    assert told == (
        same.patient.lives_in,
        same.ward.lead_provider.code,
        same.pathway_version.criteria,
        same.pathway_version.pathway.name,
        same.spell.pk,
    )


@pytest.mark.django_db
def test_where_there_is_none_it_is_none():
    assert FOUND.get(uuid4()) is None


def test_a_query_of_more_than_its_key_is_refused():
    more = ByKey("more", lambda: Admission.objects.filter(destination="home"))
    with pytest.raises(AssertionError):
        more.get(uuid4())
