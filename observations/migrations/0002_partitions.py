"""What Django does not make: readings and scores as parents of daily partitions (UTC), which the
keeper and the drain make; sequences; the newest values as rows; room for rows changed often.

There is no default partition on purpose: with one, a day's partition could not be made once a row
of that day had fallen into it.
"""

from django.db import migrations

READING = """
CREATE TABLE observations_reading (
    device_id bigint NOT NULL,
    sender_id varchar(100) NOT NULL,
    measured_at timestamptz NOT NULL,
    admission_id uuid NOT NULL,
    kind smallint NOT NULL,
    number double precision,
    code varchar(4),
    as_sent text NOT NULL,
    source smallint NOT NULL,
    quality smallint NOT NULL,
    context smallint NOT NULL,
    gateway_id bigint NOT NULL,
    sent_at timestamptz,
    received_at timestamptz NOT NULL,
    stored_at timestamptz NOT NULL,
    clock_offset double precision NOT NULL,
    batch bigint NOT NULL,
    receipt uuid NOT NULL,
    late boolean NOT NULL,
    error boolean NOT NULL DEFAULT false,
    reported_by varchar(120),
    comment text,
    named varchar(64),
    PRIMARY KEY (device_id, sender_id, measured_at)
) PARTITION BY RANGE (measured_at);
CREATE INDEX reading_by_admission ON observations_reading (admission_id, measured_at);
"""

# As its model says it, for whoever reads the table without the code.
NAMED = (
    "Whom the sender named beside a known device, as sent: an enrolment token or an NHS number. "
    "Not the admission that it meant at the time: custody corrected later asks the whole question "
    "again, by the tokens, numbers and admissions that are believed then, and what goes to the "
    "tray keeps its name. Null where nobody was named, where no device is known (the name is in "
    "device_id), and once a person decided whose it is; so it names nobody but the patient of its "
    "row, and is forgotten with that admission."
)

SCORE = """
CREATE TABLE observations_score (
    admission_id uuid NOT NULL,
    measured_at timestamptz NOT NULL,
    total smallint,
    lowest smallint NOT NULL,
    response varchar(12) NOT NULL,
    parts smallint[] NOT NULL,
    scale smallint NOT NULL,
    oldest_at timestamptz NOT NULL,
    oxygen_from_plan boolean NOT NULL,
    self_reported boolean NOT NULL,
    batch bigint NOT NULL,
    PRIMARY KEY (admission_id, measured_at)
) PARTITION BY RANGE (measured_at);
"""

# How far each lane of the inbox is empty is a sequence, because that leaves no dead rows behind.
SEQUENCES = """
CREATE SEQUENCE observations_batch AS bigint CACHE 1;
CREATE SEQUENCE observations_floor_fresh MINVALUE 0 START 0;
CREATE SEQUENCE observations_floor_replayed MINVALUE 0 START 0;
"""

# The newest values stand in the standing's own row, so that a batch writes one row a patient.
LATEST = """
CREATE VIEW observations_latestvital AS
SELECT s.admission_id, one.key::smallint AS kind, (one.value ->> 3)::double precision AS number,
       coalesce(one.value ->> 4, '')::varchar(4) AS code,
       (one.value ->> 0)::timestamptz AS measured_at, (one.value ->> 1)::bigint AS device_id,
       (one.value ->> 2)::varchar(100) AS sender_id, (one.value ->> 5)::smallint AS source,
       (one.value ->> 6)::timestamptz AS received_at, (one.value ->> 7)::boolean AS late
FROM observations_standing s CROSS JOIN LATERAL json_each(s.latest::json) AS one
"""

# Set on a day's partition when its copying begins; both tables have both columns, and an index
# that begins with them, so a change is found again in the day and in its copy.
NOTE = """
CREATE FUNCTION observations_note_changed_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO observations_partitionchange (part, admission_id, measured_at)
        VALUES (TG_TABLE_NAME, OLD.admission_id, OLD.measured_at);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO observations_partitionchange (part, admission_id, measured_at)
        VALUES (TG_TABLE_NAME, NEW.admission_id, NEW.measured_at);
    END IF;
    RETURN NULL;
END
$$;
"""

# Rows that every batch updates keep room for HOT. A device is heard from once a minute: without
# room, each note of that wrote into all eight indexes, 80 µs a device, ten times the row itself.
ROOM = """
ALTER TABLE observations_standing SET (fillfactor = 60);
ALTER TABLE observations_duetime SET (fillfactor = 70);
ALTER TABLE observations_device SET (fillfactor = 60);
"""

# Compressing what is gone in a second is work for nothing: 70 of the 470 µs that an upload of a
# hundred readings (14 kB) took in PostgreSQL. Up to 8 kB they stay in the row itself.
PLAIN = """
ALTER TABLE observations_inbox
    ALTER COLUMN body SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160);
"""


class Migration(migrations.Migration):
    dependencies = [("observations", "0001_initial")]

    operations = [
        migrations.RunSQL(READING, "DROP TABLE observations_reading"),
        migrations.RunSQL(
            f"COMMENT ON COLUMN observations_reading.named IS '{NAMED}'", migrations.RunSQL.noop
        ),
        migrations.RunSQL(SCORE, "DROP TABLE observations_score"),
        migrations.RunSQL(
            SEQUENCES,
            "DROP SEQUENCE observations_batch, observations_floor_fresh, observations_floor_replayed",
        ),
        migrations.RunSQL(LATEST, "DROP VIEW observations_latestvital"),
        migrations.RunSQL(NOTE, "DROP FUNCTION observations_note_changed_row()"),
        migrations.RunSQL(ROOM + PLAIN, migrations.RunSQL.noop),
    ]
