from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('observations', '0007_keys_used'),
    ]

    operations = [
        migrations.AddField(
            model_name='alert',
            name='repeat_at',
            field=models.DateTimeField(blank=True, help_text='when it rings again unless somebody acts', null=True),
        ),
        # Those open now are looked at within the hour; the time is set anew when they next ring.
        migrations.RunSQL(
            "UPDATE observations_alert SET repeat_at = rang_at + interval '1 hour' WHERE closed_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['repeat_at'], name='alert_repeat'),
        ),
    ]
