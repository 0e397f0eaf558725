"""The role of BI tools reads this floor's tables and nothing else, whatever it tries."""

import io
from collections.abc import Callable

import psycopg2
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from capacity.actions.reporting import TooMuch, grant_reporting_role
from tests import cluster
from tests.capacity.factories import make_beds, make_stay, make_ward

ROLE = f"bi_of_{cluster.name().replace('-', '_').lower()}"
PASSWORD = "a long password of the tests"
APPS = ("accounts", "patients", "observations", "rounds", "pghistory", "sessions", "account", "mfa")
# A query that pghistory names like a table.
NO_TABLE = {"pghistory_events"}

Ask = Callable[[str], list[tuple[object, ...]]]


def run(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def role(db: None) -> str:
    """Made inside the test's transaction, and gone with it."""
    grant_reporting_role(role=ROLE, password=PASSWORD)
    return ROLE


@pytest.fixture
def ask(role: str) -> Ask:
    """As the role itself, in the test's own connection."""

    def asked(sql: str) -> list[tuple[object, ...]]:
        with transaction.atomic():
            run(f"SET LOCAL SESSION AUTHORIZATION {role}")
            run("SET LOCAL transaction_read_only = off")
            try:
                return run(sql)
            finally:
                transaction.set_rollback(True)

    return asked


def tables(*of: str) -> list[str]:
    return [
        model._meta.db_table
        for label in of
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.db_table not in NO_TABLE
    ]


def test_it_reads_every_table_of_this_floor(ask):
    ward = make_ward()
    make_stay(ward, make_beds(ward, 1)[0])
    for table in tables("capacity"):
        ask(f"SELECT count(*) FROM {table}")
    assert ask("SELECT count(*) FROM capacity_stay JOIN capacity_spell p ON p.id = spell_id") == [
        (1,)
    ]


@pytest.mark.parametrize("table", tables(*APPS))
def test_it_reads_no_table_of_any_other_floor(ask, table):
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask(f"SELECT count(*) FROM {table}")


def test_it_reads_nothing_else_that_is_in_the_database(ask):
    """Views, partitions and tables that no model stands for too."""
    every = run(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'public' AND relkind IN ('r', 'p', 'v', 'm', 'f')"
    )
    others = [name for (name,) in every if name not in tables("capacity")]
    assert "observations_latestvital" in others  # a view: it would read with its owner's rights
    assert len(others) > 80
    for name in others:
        with pytest.raises(ProgrammingError, match="permission denied"):
            ask(f"SELECT count(*) FROM {name}")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("capacity_stay", "no_bed_reason"),
        ("capacity_stayevent", "no_bed_reason"),
        ("capacity_bedclosure", "note"),
        ("capacity_bedclosureevent", "note"),
        ("capacity_sitrep", "reopened_reason"),
    ],
)
def test_what_staff_typed_is_withheld(ask, table, column):
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask(f"SELECT {column} FROM {table}")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE capacity_ward SET name = 'x'",
        "DELETE FROM capacity_target",
        "TRUNCATE capacity_target",
        "INSERT INTO capacity_region VALUES ('Y99', 'x')",
        "LOCK TABLE capacity_ward IN ACCESS EXCLUSIVE MODE",
        "SELECT nextval('capacity_bed_id_seq')",
        "CREATE TABLE kept (x int)",
        "CREATE VIEW seen AS SELECT 1",
        "CREATE FUNCTION lent() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "CREATE SCHEMA own",
        "ALTER TABLE capacity_ward OWNER TO CURRENT_USER",
        "GRANT SELECT ON patients_patient TO CURRENT_USER",
        "COPY patients_patient TO STDOUT",
        "COPY capacity_ward TO PROGRAM 'cat'",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT lo_import('/etc/passwd')",
        "CREATE TEMP TABLE copied AS SELECT * FROM patients_patient",
        "CREATE TEMP VIEW copied AS SELECT * FROM patients_identifier; SELECT * FROM copied",
        "SELECT query_to_xml('SELECT value FROM patients_identifier', true, true, '')",
        "DO $$ BEGIN PERFORM 1 FROM accounts_user; END $$",
    ],
)
def test_it_neither_writes_nor_finds_a_way_round(ask, sql):
    with pytest.raises(
        (ProgrammingError, psycopg2.Error), match=r"permission denied|must be owner"
    ):
        ask(sql)


def test_it_does_not_become_anybody_else(ask, settings):
    owner = run("SELECT current_user")[0][0]
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask(f'SET ROLE "{owner}"')


def test_the_catalogue_tells_no_values_of_other_tables(ask):
    run("ANALYZE patients_pathway")
    assert ask("SELECT count(*) FROM pg_stats WHERE tablename !~ '^(capacity|pg|sql)_'") == [(0,)]


def test_running_it_again_mends_what_somebody_changed(role, ask):
    run(f"GRANT SELECT ON patients_patient, capacity_stay TO {role}")
    run(f"GRANT INSERT ON capacity_ward TO {role}")
    run(f"GRANT pg_read_all_data TO {role}")
    run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}")
    run(f"ALTER ROLE {role} CREATEROLE")
    assert ask("SELECT count(*) FROM patients_patient") == [(0,)]
    grant_reporting_role(role=role)
    run("CREATE TABLE came_later (x int)")
    for table in ("patients_patient", "came_later"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            ask(f"SELECT * FROM {table}")
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask("SELECT no_bed_reason FROM capacity_stay")


LENT = """
    CREATE FUNCTION lent() RETURNS bigint LANGUAGE sql SECURITY DEFINER
    AS 'SELECT count(*) FROM patients_patient'
"""


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("GRANT SELECT ON patients_patient TO PUBLIC", "could read patients_patient"),
        ("GRANT SELECT (born) ON patients_patient TO PUBLIC", "could read patients_patient"),
        ("CREATE VIEW leak AS SELECT 1; GRANT SELECT ON leak TO PUBLIC", "could read leak"),
        ("GRANT DELETE ON capacity_stay TO PUBLIC", "could change capacity_stay"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "could make things in schema public"),
        ("GRANT SELECT (note) ON capacity_bedclosure TO PUBLIC", "could read words of staff in"),
        (LENT, r"could call lent\(\) with its owner's rights"),
    ],
)
def test_what_everybody_may_do_is_told_and_nothing_is_granted(db, sql, told):
    run(sql)
    with pytest.raises(TooMuch, match=told):
        grant_reporting_role(role=ROLE, password=PASSWORD)
    assert run(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'") == []


@pytest.mark.parametrize("name", ["", "vwards; DROP", "pg bi", "Bi", "x" * 64])
def test_only_a_plain_name_is_taken(db, name):
    with pytest.raises(TooMuch, match="no name"):
        grant_reporting_role(role=name, password=PASSWORD)


def test_the_servers_own_role_is_never_made_less(db):
    with pytest.raises(TooMuch, match="no name"):
        grant_reporting_role(role=str(run("SELECT current_user")[0][0]), password=PASSWORD)


def test_the_password_reaches_neither_output_nor_statement(
    db, monkeypatch, capsys, django_assert_max_num_queries
):
    monkeypatch.setenv("REPORTING_ROLE_PASSWORD", PASSWORD)
    out = io.StringIO()
    with django_assert_max_num_queries(400) as caught:
        call_command("grant_reporting_role", role=ROLE, stdout=out)
    assert f"{ROLE} reads" in out.getvalue()
    said = out.getvalue() + "".join(capsys.readouterr())
    said += "".join(query["sql"] for query in caught.captured_queries)
    assert "SCRAM-SHA-256" in said
    assert PASSWORD not in said


def test_without_a_password_a_new_role_is_refused_and_an_old_one_keeps_its_own(role, monkeypatch):
    monkeypatch.delenv("REPORTING_ROLE_PASSWORD", raising=False)
    proof = "SELECT rolpassword FROM pg_authid WHERE rolname = "
    before = run(f"{proof}'{role}'")
    call_command("grant_reporting_role", role=role, stdout=io.StringIO())
    assert run(f"{proof}'{role}'") == before
    with pytest.raises(CommandError, match="Set REPORTING_ROLE_PASSWORD"):
        call_command("grant_reporting_role", role=f"{role}_two")
    monkeypatch.setenv("REPORTING_ROLE_PASSWORD", "short")
    with pytest.raises(CommandError, match="at least 16"):
        call_command("grant_reporting_role", role=f"{role}_two")


def address() -> dict[str, object]:
    """Where the tests' own connection leads."""
    given = connection.get_connection_params()
    return {key: given[key] for key in ("host", "port", "dbname") if key in given}


@pytest.mark.django_db(transaction=True)
def test_it_signs_in_by_itself_and_only_reads():
    grant_reporting_role(role=ROLE, password=PASSWORD)
    try:
        given = connection.get_connection_params() | {"user": ROLE, "password": PASSWORD}
        given = {
            key: given[key]
            for key in ("user", "password", "host", "port", "dbname")
            if key in given
        }
        with psycopg2.connect(**given) as own, own.cursor() as cursor:
            cursor.execute("SELECT current_user, count(*) FROM capacity_ward")
            assert cursor.fetchone() == (ROLE, 0)
            cursor.execute("SHOW transaction_read_only")
            assert cursor.fetchone() == ("on",)
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("SELECT 1 FROM patients_patient")
        own.close()
    finally:
        run(f"DROP OWNED BY {ROLE}")
        run(f"DROP ROLE {ROLE}")
