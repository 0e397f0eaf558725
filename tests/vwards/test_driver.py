"""The database driver is psycopg2, and the database is PostgreSQL."""

from importlib.util import find_spec

import psycopg2
import pytest
from django.db import connection
from django.db.backends.postgresql import psycopg_any


def test_the_driver_is_psycopg2_and_psycopg_3_is_not_installed():
    assert psycopg_any.is_psycopg3 is False
    assert find_spec("psycopg") is None


@pytest.mark.django_db
def test_the_tests_run_on_a_real_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        assert cursor.fetchone()[0].startswith("PostgreSQL ")
        assert isinstance(connection.connection, psycopg2.extensions.connection)
