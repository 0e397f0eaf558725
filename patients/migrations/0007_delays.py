"""What is known of who was ready to leave becomes facts without a person, of which figures are made.

Only the last cause of each admission is known to have been said while the patient was ready.
"""

from django.db import migrations

FILL = """
INSERT INTO capacity_delay (spell_id, cause, starts, ends)
SELECT a.spell_id,
       coalesce((SELECT e.cause FROM patients_expecteddischarge e
                 WHERE e.admission_id = a.id AND e.ready_since IS NOT NULL AND e.cause <> ''
                 ORDER BY e.set_at DESC LIMIT 1), ''),
       least(a.ready_since, coalesce(a.discharged_at, a.ready_since)),
       a.discharged_at
FROM patients_admission a
WHERE a.ready_since IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM capacity_delay d WHERE d.spell_id = a.spell_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0006_home"),
        ("capacity", "0005_flows"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
