"""Whom a reading's sender named stays with it, so that custody corrected later can ask again.

Nullable, so only the catalogue changes, at once; but that waits for whoever reads the table, a
backup of hours among them, and all who come after wait behind it: rather fail, and be run again.
"""

from django.db import migrations, models

COMMENT = (
    "Whom the sender named beside a known device, as sent: an enrolment token or an NHS number. "
    "Not the admission that it meant at the time: custody corrected later asks the whole question "
    "again, by the tokens, numbers and admissions that are believed then, and what goes to the "
    "tray keeps its name. Null where nobody was named, where no device is known (the name is in "
    "device_id), and once a person decided whose it is; so it names nobody but the patient of its "
    "row, and is forgotten with that admission."
)
ADD = f"""
SET LOCAL lock_timeout = '5s';
ALTER TABLE observations_reading ADD COLUMN named varchar(64);
COMMENT ON COLUMN observations_reading.named IS '{COMMENT}';
"""
DROP = """
SET LOCAL lock_timeout = '5s';
ALTER TABLE observations_reading DROP COLUMN named;
"""


class Migration(migrations.Migration):
    dependencies = [("observations", "0018_room_to_hear")]

    operations = [
        migrations.RunSQL(
            ADD,
            DROP,
            state_operations=[
                migrations.AddField(
                    model_name="reading",
                    name="named",
                    field=models.CharField(
                        max_length=64,
                        null=True,
                        help_text=(
                            "whom the sender named beside a known device: enrolment token or NHS "
                            "number"
                        ),
                        db_comment=COMMENT,
                    ),
                ),
            ],
        )
    ]
