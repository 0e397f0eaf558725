"""Behind PgBouncer in transaction mode the next transaction may go to another session, which knows
no statement, no temporary table and no lock of the last one."""

from django.db import connection


def is_pooled() -> bool:
    return bool(connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"])
