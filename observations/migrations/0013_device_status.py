"""What devices tell of themselves gets a table of its own; gateways that fall silent are seen."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# What was known at registration or told since; the newest moment that can be sworn to.
KEEP = """
INSERT INTO observations_devicestatus
    (device_id, battery, battery_at, signal, firmware, measured_at, asked)
SELECT id, battery, last_heard_at, signal, firmware, coalesce(last_heard_at, now()), false
FROM observations_device
WHERE battery IS NOT NULL OR signal IS NOT NULL OR firmware <> ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("observations", "0012_merging"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceStatus",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="told",
                        serialize=False,
                        to="observations.device",
                    ),
                ),
                ("battery", models.PositiveSmallIntegerField(blank=True, help_text="%", null=True)),
                ("battery_at", models.DateTimeField(blank=True, null=True)),
                ("signal", models.PositiveSmallIntegerField(blank=True, help_text="%", null=True)),
                ("firmware", models.CharField(blank=True, max_length=60)),
                ("measured_at", models.DateTimeField(help_text="when it last told anything")),
                (
                    "asked",
                    models.BooleanField(
                        default=False,
                        help_text="somebody was asked to charge it since it was last full",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "device statuses",
            },
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name="device",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="device",
            name="delete_delete",
        ),
        migrations.RemoveField(
            model_name="device",
            name="battery",
        ),
        migrations.RemoveField(
            model_name="device",
            name="firmware",
        ),
        migrations.RemoveField(
            model_name="device",
            name="signal",
        ),
        migrations.RemoveField(
            model_name="deviceevent",
            name="firmware",
        ),
        migrations.AddField(
            model_name="alert",
            name="gateway",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="observations.gateway",
            ),
        ),
        migrations.AddField(
            model_name="device",
            name="last_gateway",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="observations.gateway",
            ),
        ),
        migrations.AddField(
            model_name="gateway",
            name="beat_at",
            field=models.DateTimeField(
                blank=True, help_text="last upload without readings", null=True
            ),
        ),
        migrations.AddField(
            model_name="gateway",
            name="down_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="gateway",
            name="down_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="gateway",
            name="quiet_minutes",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="how long it may say nothing before it counts as down; 0: it is not watched",
            ),
        ),
        migrations.AlterField(
            model_name="prompt",
            name="kind",
            field=models.CharField(
                choices=[
                    ("repeat_measurement", "repeat the measurement"),
                    ("still_measuring", "still measuring after discharge: call"),
                    ("kit_back", "kit to come back"),
                    ("clock", "check the gateway's clock"),
                    ("battery", "change or charge the battery"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="gateway",
            index=models.Index(
                condition=models.Q(("down_at__isnull", False)),
                fields=["down_at"],
                name="gateway_deadline",
            ),
        ),
        migrations.AddIndex(
            model_name="gateway",
            index=models.Index(
                condition=models.Q(("down_since__isnull", False)),
                fields=["down_since"],
                name="gateway_down",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="device",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."hub_id" IS DISTINCT FROM (NEW."hub_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kinds" IS DISTINCT FROM (NEW."kinds") OR OLD."model" IS DISTINCT FROM (NEW."model") OR OLD."place_id" IS DISTINCT FROM (NEW."place_id") OR OLD."provider_id" IS DISTINCT FROM (NEW."provider_id") OR OLD."serial" IS DISTINCT FROM (NEW."serial") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."supplier_id" IS DISTINCT FROM (NEW."supplier_id") OR OLD."use" IS DISTINCT FROM (NEW."use"))',
                    func='INSERT INTO "observations_deviceevent" ("hub_id", "id", "kinds", "model", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_id", "provider_id", "serial", "status", "supplier_id", "use") VALUES (NEW."hub_id", NEW."id", NEW."kinds", NEW."model", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place_id", NEW."provider_id", NEW."serial", NEW."status", NEW."supplier_id", NEW."use"); RETURN NULL;',
                    hash="43cdd1c82a6c2304242c1b3d0f267f497792c0f5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6334e",
                    table="observations_device",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="device",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "observations_deviceevent" ("hub_id", "id", "kinds", "model", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_id", "provider_id", "serial", "status", "supplier_id", "use") VALUES (OLD."hub_id", OLD."id", OLD."kinds", OLD."model", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place_id", OLD."provider_id", OLD."serial", OLD."status", OLD."supplier_id", OLD."use"); RETURN NULL;',
                    hash="ab17ae1b6a0c35292f4f957d89304bd22fc847ce",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_79aab",
                    table="observations_device",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="devicestatus",
            name="gateway",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="observations.gateway",
            ),
        ),
        migrations.AddIndex(
            model_name="devicestatus",
            index=models.Index(
                condition=models.Q(("asked", False), ("battery__lte", 15)),
                fields=["device"],
                name="device_to_charge",
            ),
        ),
    ]
