"""Readings and scores: parents of daily partitions (UTC), which the keeper and the drain make.

There is no default partition on purpose: with one, a day's partition could not be made once a row
of that day had fallen into it. Rows that every batch updates keep room for HOT.
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
    PRIMARY KEY (device_id, sender_id, measured_at)
) PARTITION BY RANGE (measured_at);
CREATE INDEX reading_by_admission ON observations_reading (admission_id, measured_at);
"""

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

BATCHES = "CREATE SEQUENCE observations_batch AS bigint CACHE 1;"

HOT = """
ALTER TABLE observations_standing SET (fillfactor = 60);
ALTER TABLE observations_latestvital SET (fillfactor = 60);
ALTER TABLE observations_duetime SET (fillfactor = 70);
ALTER TABLE observations_inbox ALTER COLUMN body SET STORAGE EXTERNAL;
"""

NOT_HOT = """
ALTER TABLE observations_standing RESET (fillfactor);
ALTER TABLE observations_latestvital RESET (fillfactor);
ALTER TABLE observations_duetime RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("observations", "0002_initial")]

    operations = [
        migrations.RunSQL(READING, "DROP TABLE observations_reading"),
        migrations.RunSQL(SCORE, "DROP TABLE observations_score"),
        migrations.RunSQL(BATCHES, "DROP SEQUENCE observations_batch"),
        migrations.RunSQL(HOT, NOT_HOT),
    ]
