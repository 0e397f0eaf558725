"""What was agreed is asked for by its period: the index that answers stands before the one of the
admission alone goes."""

import django.db.models.deletion
from django.db import migrations, models

PERIOD = ["admission", "starts", "ends"]
INDEXES = {
    "monitoringmode": models.Index(
        fields=PERIOD, include=("mode", "reason"), name="mode_by_period"
    ),
    "planline": models.Index(fields=PERIOD, name="plan_line_by_period"),
    "prescribedoxygen": models.Index(fields=PERIOD, name="oxygen_by_period"),
}
RELATED = {"monitoringmode": "modes", "planline": "plan_lines", "prescribedoxygen": "oxygen"}


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]

    operations = [
        *(migrations.AddIndex(model_name=of, index=index) for of, index in INDEXES.items()),
        *(
            migrations.AlterField(
                model_name=of,
                name="admission",
                field=models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name=name,
                    to="patients.admission",
                ),
            )
            for of, name in RELATED.items()
        ),
    ]
