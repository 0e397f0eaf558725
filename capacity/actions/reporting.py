"""A database role for BI tools: it reads this floor's tables, and nothing else anywhere.

What was granted to it before goes first, and at the end PostgreSQL itself is asked what the role
could do: if that is more than was meant, nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

ONE_GRANT_AT_A_TIME: Final = 0x56_57_0802  # our own number among the advisory locks
# Words that staff typed: about figures, and a name may slip into them.
WITHHELD: Final = {
    "capacity.Stay": frozenset({"no_bed_reason"}),
    "capacity.BedClosure": frozenset({"note"}),
    "capacity.SitRep": frozenset({"reopened_reason"}),
}
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_WRITING: Final = "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"
# Neither PostgreSQL's own schemas nor what a session keeps for itself.
_SCHEMAS: Final = """
    SELECT n.nspname FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""

# Each tells of one thing too many that the role could do, whoever gave it: itself, PUBLIC,
# another role.
_TOO_MUCH: Final = {
    "read {}": """
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace::regnamespace::text = ANY(%(schemas)s)
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND NOT c.oid = ANY(%(wanted)s::regclass[]::oid[])
          AND has_any_column_privilege(%(role)s, c.oid, 'SELECT')""",
    "change {}": """
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace::regnamespace::text = ANY(%(schemas)s)
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND (has_table_privilege(%(role)s, c.oid, %(writing)s)
               OR has_any_column_privilege(%(role)s, c.oid, 'INSERT, UPDATE, REFERENCES'))""",
    "read words of staff in {}": """
        SELECT w.name || '.' || w.field
        FROM unnest(%(tables)s::text[], %(fields)s::text[]) AS w(name, field)
        WHERE has_column_privilege(%(role)s, w.name, w.field, 'SELECT')""",
    "use sequence {}": """
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace::regnamespace::text = ANY(%(schemas)s)
          AND CASE WHEN c.relkind = 'S'
              THEN has_sequence_privilege(%(role)s, c.oid, 'USAGE, SELECT, UPDATE') END""",
    "call {} with its owner's rights": """
        SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace::regnamespace::text = ANY(%(schemas)s)
          AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
          AND has_function_privilege(%(role)s, p.oid, 'EXECUTE')""",
    "make things in schema {}": """
        SELECT n FROM unnest(%(schemas)s::text[]) n
        WHERE has_schema_privilege(%(role)s, n, 'CREATE')""",
    "act as {}": """
        SELECT r.rolname FROM pg_roles r
        WHERE r.rolname <> %(role)s AND pg_has_role(%(role)s, r.oid, 'MEMBER')""",
    "do what only {} may": """
        SELECT 'an administrator' FROM pg_roles
        WHERE rolname = %(role)s
          AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)""",
    "change {}, which it owns": """
        SELECT d.classid::regclass::text || ' ' || d.objid FROM pg_shdepend d
        JOIN pg_roles r ON r.oid = d.refobjid
        WHERE r.rolname = %(role)s AND d.deptype = 'o'""",
    "read what {} will make": """
        SELECT pg_get_userbyid(d.defaclrole) FROM pg_default_acl d, aclexplode(d.defaclacl) a
        JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = %(role)s""",
}


class TooMuch(Exception):  # noqa: N818 — an answer to an operator, not a fault
    """The role could do more than read figures; each line says what, and nothing was changed."""


@transaction.atomic
def grant_reporting_role(*, role: str, password: str = "") -> list[str]:
    """Makes or mends the role; without a password the one it has stays. Returns its tables."""
    _check_name(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_GRANT_AT_A_TIME])
        name = sql.Identifier(role)
        for statement in (*_made(role, name, password), *_taken(role, name), *_given(name)):
            cursor.execute(statement)
    if wrong := list(_too_much(role)):
        raise TooMuch("\n".join(f"{role} could {one}." for one in wrong))
    return _tables()


def exists(role: str) -> bool:
    return bool(_rows("SELECT 1 FROM pg_roles WHERE rolname = %(role)s", {"role": role}))


def _check_name(role: str) -> None:
    """An owner of the tables would lose them to itself."""
    own = connection.settings_dict["USER"], *_rows("SELECT current_user, session_user", {})[0]
    if not _NAME.fullmatch(role) or role in own:
        raise TooMuch(f"{role!r} is no name for a role of its own: write vwards_bi, or the like.")


def _made(role: str, name: sql.Identifier, password: str) -> Iterator[sql.Composable]:
    if not exists(role):
        yield sql.SQL("CREATE ROLE {}").format(name)
    yield sql.SQL(
        "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        " CONNECTION LIMIT 10"
    ).format(name)
    if password:
        # The server gets the proof, never the password: a log of statements does not tell it.
        proof = encrypt_password(password, role, connection.connection, "scram-sha-256")
        yield sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(proof))
    # Courtesy to the ward boards, not protection: whoever signs in may set them otherwise.
    for setting, value in (
        ("default_transaction_read_only", "on"),
        ("statement_timeout", "300s"),
        ("idle_in_transaction_session_timeout", "60s"),
    ):
        yield sql.SQL("ALTER ROLE {} SET {} = {}").format(
            name, sql.Identifier(setting), sql.Literal(value)
        )


def _taken(role: str, name: sql.Identifier) -> Iterator[sql.Composable]:
    """Whatever it was granted before, by whichever version of this."""
    for (other,) in _rows(
        "SELECT pg_get_userbyid(roleid) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " WHERE r.rolname = %(role)s",
        {"role": role},
    ):
        yield sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(other), name)
    for (schema,) in _rows(_SCHEMAS, {}):
        where = sql.Identifier(schema)
        for what in ("TABLES", "SEQUENCES", "ROUTINES"):
            yield sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA {} FROM {}").format(
                sql.SQL(what), where, name
            )
            yield sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} REVOKE ALL ON {} FROM {}").format(
                where, sql.SQL(what), name
            )
        yield sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(where, name)
    for what in ("TABLES", "SEQUENCES", "ROUTINES", "SCHEMAS", "TYPES"):
        yield sql.SQL("ALTER DEFAULT PRIVILEGES REVOKE ALL ON {} FROM {}").format(
            sql.SQL(what), name
        )


def _given(name: sql.Identifier) -> Iterator[sql.Composable]:
    database = sql.Identifier(str(connection.settings_dict["NAME"]))
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, name)
    (schema,) = _rows("SELECT current_schema()", {})[0]
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), name)
    for model in _models():
        columns: sql.Composable = sql.SQL("")
        if _withheld(model):
            told = [sql.Identifier(one) for one in _columns(model) if one not in _withheld(model)]
            columns = sql.SQL("({})").format(sql.SQL(", ").join(told))
        yield sql.SQL("GRANT SELECT {} ON {} TO {}").format(
            columns, sql.Identifier(model._meta.db_table), name
        )


def _too_much(role: str) -> Iterator[str]:
    hidden = [(model._meta.db_table, one) for model in _models() for one in _withheld(model)]
    given = {
        "role": role,
        "schemas": [schema for (schema,) in _rows(_SCHEMAS, {})],
        "wanted": _tables(),
        "writing": _WRITING,
        "tables": [table for table, _ in hidden],
        "fields": [field for _, field in hidden],
    }
    for words, query in _TOO_MUCH.items():
        for (name,) in _rows(query, given):
            yield words.format(name)


def _models() -> list[type[Model]]:
    """This floor's, and the history of each."""
    return list(apps.get_app_config("capacity").get_models(include_auto_created=True))


def _tables() -> list[str]:
    return sorted(model._meta.db_table for model in _models())


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def _withheld(model: type[Model]) -> frozenset[str]:
    of = getattr(model, "pgh_tracked_model", model)
    return WITHHELD.get(of._meta.label, frozenset())


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
