"""The newest values move into the standing's own row: a batch then writes one row a patient instead
of six. Whoever reads them reads rows as before, from a view."""

from django.db import migrations, models

FILL = """
UPDATE observations_standing s SET latest = v.latest FROM (
    SELECT admission_id, json_object_agg(kind, json_build_array(
        to_char(measured_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), device_id,
        sender_id, number, nullif(code, ''), source,
        to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), late))::text
        AS latest
    FROM observations_latestvital GROUP BY admission_id
) v WHERE v.admission_id = s.admission_id
"""
VIEW = """
CREATE VIEW observations_latestvital AS
SELECT s.admission_id, one.key::smallint AS kind, (one.value ->> 3)::double precision AS number,
       coalesce(one.value ->> 4, '')::varchar(4) AS code,
       (one.value ->> 0)::timestamptz AS measured_at, (one.value ->> 1)::bigint AS device_id,
       (one.value ->> 2)::varchar(100) AS sender_id, (one.value ->> 5)::smallint AS source,
       (one.value ->> 6)::timestamptz AS received_at, (one.value ->> 7)::boolean AS late
FROM observations_standing s CROSS JOIN LATERAL json_each(s.latest::json) AS one
"""
TABLE = """
CREATE TABLE observations_latestvital (
    admission_id uuid NOT NULL, kind smallint NOT NULL, number double precision,
    code varchar(4) NOT NULL, measured_at timestamptz NOT NULL, device_id bigint NOT NULL,
    sender_id varchar(100) NOT NULL, source smallint NOT NULL, received_at timestamptz NOT NULL,
    late boolean NOT NULL, PRIMARY KEY (admission_id, kind)
)
"""


class Migration(migrations.Migration):
    dependencies = [("observations", "0016_bodies_plain")]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="latest",
            field=models.TextField(
                default="{}",
                db_default="{}",
                help_text="the newest good reading of each kind, as JSON; LatestVital is its rows",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("DROP TABLE observations_latestvital", TABLE),
                migrations.RunSQL(VIEW, "DROP VIEW observations_latestvital"),
            ],
            state_operations=[
                migrations.AlterModelOptions("latestvital", {"managed": False}),
            ],
        ),
    ]
