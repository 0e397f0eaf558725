"""What the merging of old days into months remembers, and what a day notes of its changes."""

from django.db import migrations, models

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


class Migration(migrations.Migration):
    dependencies = [("observations", "0011_retraction")]

    operations = [
        migrations.CreateModel(
            name="PartitionCopy",
            fields=[
                ("part", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("into", models.CharField(max_length=63)),
                ("copied_at", models.DateTimeField()),
                (
                    "checked_at",
                    models.DateTimeField(help_text="when it was found to be the same", null=True),
                ),
            ],
            options={"verbose_name_plural": "partition copies"},
        ),
        migrations.CreateModel(
            name="PartitionChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(max_length=63)),
                ("admission_id", models.UUIDField()),
                ("measured_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(NOTE, "DROP FUNCTION observations_note_changed_row()"),
    ]
