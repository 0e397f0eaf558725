"""The API's root: its schema, and what strangers get."""

import io

import pytest
from django.core.management import call_command


def test_the_schema_is_valid_and_warns_of_nothing():
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, file=None, stdout=out)
    assert "/api/v1/" in out.getvalue()


def test_the_schema_is_open_to_those_who_build_against_it(client):
    assert client.get("/api/v1/schema/").status_code == 200


@pytest.mark.django_db
def test_an_unknown_api_address_is_not_found_and_never_a_redirect(client):
    assert client.get("/api/v1/no-such-thing/").status_code == 404
