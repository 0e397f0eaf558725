"""When the newest values were measured stands beside them: a board asks each five seconds how many
are old, and read all of them for it."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

FILL = """
UPDATE observations_standing s SET latest_at = v.instants FROM (
    SELECT admission_id, array_agg(DISTINCT measured_at ORDER BY measured_at) AS instants
    FROM observations_latestvital GROUP BY admission_id
) v WHERE v.admission_id = s.admission_id
"""


class Migration(migrations.Migration):
    dependencies = [("observations", "0019_reading_named")]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="latest_at",
            field=ArrayField(
                models.DateTimeField(),
                default=list,
                db_default=[],
                help_text="when those were measured, each instant once and in order: a board "
                "counts how many are old without reading them",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
