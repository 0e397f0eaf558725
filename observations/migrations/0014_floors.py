"""How far each lane of the inbox is empty: sequences, because they leave no dead rows behind."""

from django.db import migrations

NAMES = ("observations_floor_fresh", "observations_floor_replayed")
MAKE = [f"CREATE SEQUENCE {name} MINVALUE 0 START 0" for name in NAMES]
UNDO = [f"DROP SEQUENCE {name}" for name in NAMES]


class Migration(migrations.Migration):
    dependencies = [("observations", "0013_device_status")]
    operations = [migrations.RunSQL(MAKE, UNDO)]
