"""A wrong variable gives one clear line."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from vwards import environment as env


@pytest.mark.parametrize(("given", "read"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_a_flag_reads_the_usual_words(monkeypatch, given, read):
    monkeypatch.setenv("FLAG", given)
    assert env.flag("FLAG", default=not read) is read


def test_an_absent_flag_is_its_default(monkeypatch):
    monkeypatch.delenv("FLAG", raising=False)
    assert env.flag("FLAG", default=True) is True


def test_a_flag_that_is_neither_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("FLAG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="FLAG must be 1 or 0, not 'perhaps'"):
        env.flag("FLAG", default=False)


def test_a_text_without_default_must_be_set(monkeypatch):
    monkeypatch.setenv("SECRET", "  ")
    with pytest.raises(ImproperlyConfigured, match="SECRET is not set in the environment"):
        env.text("SECRET")


def test_a_number_that_is_none_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("COUNT", "many")
    with pytest.raises(ImproperlyConfigured, match="COUNT must be a whole number, not 'many'"):
        env.whole("COUNT", default=1)


def test_a_list_drops_blanks(monkeypatch):
    monkeypatch.setenv("HOSTS", " a.example, ,b.example,")
    assert env.listed("HOSTS") == ["a.example", "b.example"]


def test_a_database_address_is_taken_apart_and_unquoted(monkeypatch):
    monkeypatch.setenv("DB", "postgresql://me:p%40ss@db.example:5433/wards?sslmode=require")
    read = env.database("DB")
    assert read["USER"] == "me"
    assert read["PASSWORD"] == "p@ss"
    assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.example", "5433", "wards")
    assert read["OPTIONS"] == {**env.PATIENCE, "sslmode": "require"}


def test_an_address_may_be_more_patient_with_its_database(monkeypatch):
    monkeypatch.setenv("DB", "postgresql://db.example/wards?connect_timeout=60")
    options = env.database("DB")["OPTIONS"]
    assert isinstance(options, dict)
    assert options == {**env.PATIENCE, "connect_timeout": "60"}


@pytest.mark.parametrize(
    "wrong", ["mysql://me@db/wards", "postgresql://db", "wards", "postgres://"]
)
def test_a_database_address_of_another_shape_is_refused(monkeypatch, wrong):
    monkeypatch.setenv("DB", wrong)
    with pytest.raises(ImproperlyConfigured, match="DB must look like postgresql://"):
        env.database("DB")


def test_a_database_port_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("DB", "postgresql://me@db:five/wards")
    with pytest.raises(ImproperlyConfigured, match="port that is no number"):
        env.database("DB")


def test_a_redis_address_of_another_shape_is_refused(monkeypatch):
    monkeypatch.setenv("REDIS", "localhost:6379")
    with pytest.raises(ImproperlyConfigured, match="REDIS must look like redis://"):
        env.redis_url("REDIS")
