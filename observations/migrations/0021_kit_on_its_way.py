"""Kit was ordered, delivered and first heard at moments of their own, and is chased."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# What was handed out was there when it was, unless it was only ordered.
CARRY_OVER = """
UPDATE observations_holding SET
    ordered_at = CASE WHEN state = 'ordered' THEN recorded_at END,
    ordered_by_id = CASE WHEN state = 'ordered' THEN recorded_by_id END,
    delivered_at = CASE WHEN state <> 'ordered' THEN starts END,
    delivered_by_id = CASE WHEN state <> 'ordered' THEN recorded_by_id END
"""


class Migration(migrations.Migration):

    dependencies = [
        ('observations', '0020_latest_at'),
        ('patients', '0006_home'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='holding',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='holding',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='holding',
            name='chase_note',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='holding',
            name='chased',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='holding',
            name='chased_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holding',
            name='chased_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='holding',
            name='delivered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holding',
            name='delivered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='holding',
            name='delivery_due',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holding',
            name='first_reading_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holding',
            name='ordered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holding',
            name='ordered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='chase_note',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='chased',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='chased_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='chased_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='delivered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='delivered_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='delivery_due',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='first_reading_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='ordered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='holdingevent',
            name='ordered_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='holding',
            index=models.Index(condition=models.Q(('ends__isnull', True), ('first_reading_at__isnull', True), ('superseded_at__isnull', True)), fields=['device'], name='holding_never_read'),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='holding',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "observations_holdingevent" ("admission_id", "chase_note", "chased", "chased_at", "chased_by_id", "delivered_at", "delivered_by_id", "delivery_due", "device_id", "ends", "first_reading_at", "id", "ordered_at", "ordered_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "starts", "state", "superseded_at", "superseded_by_id") VALUES (NEW."admission_id", NEW."chase_note", NEW."chased", NEW."chased_at", NEW."chased_by_id", NEW."delivered_at", NEW."delivered_by_id", NEW."delivery_due", NEW."device_id", NEW."ends", NEW."first_reading_at", NEW."id", NEW."ordered_at", NEW."ordered_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."starts", NEW."state", NEW."superseded_at", NEW."superseded_by_id"); RETURN NULL;', hash='f03364f2f23b30e64cf344e30924309984f9c661', operation='UPDATE', pgid='pgtrigger_update_update_95812', table='observations_holding', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holding',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "observations_holdingevent" ("admission_id", "chase_note", "chased", "chased_at", "chased_by_id", "delivered_at", "delivered_by_id", "delivery_due", "device_id", "ends", "first_reading_at", "id", "ordered_at", "ordered_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "starts", "state", "superseded_at", "superseded_by_id") VALUES (OLD."admission_id", OLD."chase_note", OLD."chased", OLD."chased_at", OLD."chased_by_id", OLD."delivered_at", OLD."delivered_by_id", OLD."delivery_due", OLD."device_id", OLD."ends", OLD."first_reading_at", OLD."id", OLD."ordered_at", OLD."ordered_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."recorded_at", OLD."recorded_by_id", OLD."starts", OLD."state", OLD."superseded_at", OLD."superseded_by_id"); RETURN NULL;', hash='a76058de63607fc751ceb49e4d633d82801afb8f', operation='DELETE', pgid='pgtrigger_delete_delete_ad281', table='observations_holding', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.CheckConstraint(condition=models.Q(('ordered_at__isnull', True), ('delivered_at__isnull', True), ('delivered_at__gte', models.F('ordered_at')), _connector='OR'), name='kit_is_delivered_after_it_is_ordered'),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('chased', 0), ('chased_at__isnull', True)), models.Q(('chased__gt', 0), ('chased_at__isnull', False), ('chased_by__isnull', False)), _connector='OR'), name='kit_that_was_chased_has_its_person'),
        ),
    ]
