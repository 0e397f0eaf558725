"""Consent and checks, what callers and visitors must know, the way in, and safeguarding."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


CHECKS = {"consent": "consent_recorded", "home": "home_checked", "carer": "carer_checked"}


def carry_over(apps, schema_editor):
    """A tick becomes a yes, which nobody told more of; no tick is not asked."""
    checks, contacts = apps.get_model("patients", "Check"), apps.get_model("patients", "Contact")
    for topic, ticked in CHECKS.items():
        for admission in apps.get_model("patients", "Admission").objects.filter(**{ticked: True}):
            consent = topic == "consent"
            checks.objects.create(
                admission=admission,
                topic=topic,
                answer="yes",
                given_by="not_recorded" if consent else "",
                given_at=admission.admitted_at if consent else None,
                recorded_at=admission.admitted_at,
                recorded_by=admission.admitted_by,
            )
    _carry_people(apps)
    contacts.objects.filter(must_not_be_told=True).update(also_nights=False)
    _one_first(contacts)


def _carry_people(apps):
    records, now = apps.get_model("patients", "HomeRecord"), timezone.now()
    told = {"state": "recorded", "source": "recorded before sources were asked", "recorded_at": now}
    for patient in apps.get_model("patients", "Patient").objects.iterator():
        if patient.interpreter_needed:
            text = f"Needed: {patient.language}"
            records.objects.create(patient=patient, topic="interpreter", text=text, **told)
        if patient.adjustments.strip():
            text = patient.adjustments
            records.objects.create(patient=patient, topic="adjustments", text=text, **told)


def _one_first(contacts):
    """The first as they were listed; at night, where they may be called then."""
    seen = set()
    for contact in contacts.objects.filter(call_first=True).order_by("patient", "name", "pk"):
        if contact.patient_id in seen:
            contact.call_first = False
        contact.first_at_night = contact.call_first and contact.also_nights
        seen.add(contact.patient_id)
        contact.save(update_fields=["call_first", "first_at_night"])


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0005_pathway_drafts'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='admission',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='admission',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='patient',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='patient',
            name='delete_delete',
        ),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(choices=[('consent', 'Consent to virtual ward care'), ('home', 'Home check'), ('carer', 'Carer check')], max_length=8)),
                ('answer', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('not_asked', 'not asked')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('given_by', models.CharField(blank=True, choices=[('patient', 'the patient'), ('parent', 'somebody with parental responsibility'), ('attorney', 'an attorney or deputy for health and welfare'), ('best_interests', 'a best-interests decision'), ('not_recorded', 'nobody wrote down by whom')], max_length=14)),
                ('given_with', models.CharField(blank=True, max_length=200)),
                ('given_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CheckEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('topic', models.CharField(choices=[('consent', 'Consent to virtual ward care'), ('home', 'Home check'), ('carer', 'Carer check')], max_length=8)),
                ('answer', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('not_asked', 'not asked')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('given_by', models.CharField(blank=True, choices=[('patient', 'the patient'), ('parent', 'somebody with parental responsibility'), ('attorney', 'an attorney or deputy for health and welfare'), ('best_interests', 'a best-interests decision'), ('not_recorded', 'nobody wrote down by whom')], max_length=14)),
                ('given_with', models.CharField(blank=True, max_length=200)),
                ('given_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HomeRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('not_asked', 'not asked'), ('none', 'none'), ('recorded', 'recorded')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('source', models.CharField(blank=True, help_text='who said so, or which record', max_length=120)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('topic', models.CharField(choices=[('interpreter', 'Interpreter'), ('adjustments', 'Reasonable adjustments'), ('visit_risks', 'Risks of a visit')], max_length=24)),
                ('marks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('two_people', 'Visit in twos'), ('aggression', 'Violence or aggression'), ('animals', 'Dog or other animal'), ('access', 'Stairs, or hard to get in'), ('smoking', 'Smoking, or fire near oxygen'), ('infection', 'Infection in the home'), ('signal', 'No phone signal')], max_length=12), blank=True, default=list, size=None)),
            ],
        ),
        migrations.CreateModel(
            name='HomeRecordEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('not_asked', 'not asked'), ('none', 'none'), ('recorded', 'recorded')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('source', models.CharField(blank=True, help_text='who said so, or which record', max_length=120)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('topic', models.CharField(choices=[('interpreter', 'Interpreter'), ('adjustments', 'Reasonable adjustments'), ('visit_risks', 'Risks of a visit')], max_length=24)),
                ('marks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('two_people', 'Visit in twos'), ('aggression', 'Violence or aggression'), ('animals', 'Dog or other animal'), ('access', 'Stairs, or hard to get in'), ('smoking', 'Smoking, or fire near oxygen'), ('infection', 'Infection in the home'), ('signal', 'No phone signal')], max_length=12), blank=True, default=list, size=None)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='KeySafe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('there', models.BooleanField()),
                ('code', models.CharField(blank=True, max_length=40)),
                ('place', models.CharField(blank=True, max_length=160)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='KeySafeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('there', models.BooleanField()),
                ('code', models.CharField(blank=True, max_length=40)),
                ('place', models.CharField(blank=True, max_length=160)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SafeguardingNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('none', models.BooleanField(default=False)),
                ('text', models.TextField(blank=True)),
                ('told_to', models.CharField(blank=True, help_text='who was told outside', max_length=160)),
                ('recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ('-recorded_at',),
            },
        ),
        migrations.CreateModel(
            name='SafeguardingNoteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('none', models.BooleanField(default=False)),
                ('text', models.TextField(blank=True)),
                ('told_to', models.CharField(blank=True, help_text='who was told outside', max_length=160)),
                ('recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='contact',
            name='nobody_is_called_who_must_not_be_told',
        ),
        migrations.AddField(
            model_name='contact',
            name='first_at_night',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='first_at_night',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='patient',
            name='language',
            field=models.CharField(blank=True, help_text='empty: nobody has asked', max_length=60),
        ),
        migrations.AlterField(
            model_name='patientevent',
            name='language',
            field=models.CharField(blank=True, help_text='empty: nobody has asked', max_length=60),
        ),
        migrations.AddField(
            model_name='check',
            name='admission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='patients.admission'),
        ),
        migrations.AddField(
            model_name='check',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='admission',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.admission'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.check'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='recorded_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='homerecord',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='home_records', to='patients.patient'),
        ),
        migrations.AddField(
            model_name='homerecord',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='homerecordevent',
            name='patient',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient'),
        ),
        migrations.AddField(
            model_name='homerecordevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='homerecordevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.homerecord'),
        ),
        migrations.AddField(
            model_name='homerecordevent',
            name='recorded_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='keysafe',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='key_safes', to='patients.patient'),
        ),
        migrations.AddField(
            model_name='keysafe',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='keysafeevent',
            name='patient',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient'),
        ),
        migrations.AddField(
            model_name='keysafeevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='keysafeevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.keysafe'),
        ),
        migrations.AddField(
            model_name='keysafeevent',
            name='recorded_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='safeguardingnote',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='safeguardingnote',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='safeguarding_notes', to='patients.patient'),
        ),
        migrations.AddField(
            model_name='safeguardingnote',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='safeguardingnoteevent',
            name='ended_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='safeguardingnoteevent',
            name='patient',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient'),
        ),
        migrations.AddField(
            model_name='safeguardingnoteevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='safeguardingnoteevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='patients.safeguardingnote'),
        ),
        migrations.AddField(
            model_name='safeguardingnoteevent',
            name='recorded_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('admission', 'topic'), name='one_current_check_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', 'no'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='a_check_that_failed_says_why'),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', 'yes'), ('topic', 'consent'), _negated=True), models.Q(models.Q(('given_by', ''), _negated=True), ('given_at__isnull', False)), _connector='OR'), name='consent_says_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('given_by__in', ('parent', 'attorney', 'best_interests')), _negated=True), models.Q(('given_with', ''), _negated=True), _connector='OR'), name='consent_for_somebody_says_who_decided'),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_at__isnull', True), ('superseded_at__gte', models.F('recorded_at')), _connector='OR'), name='check_superseded_later'),
        ),
        migrations.AddConstraint(
            model_name='homerecord',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('patient', 'topic'), name='one_current_home_record_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='homerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'recorded'), _negated=True), models.Q(models.Q(('text', ''), _negated=True), models.Q(('source', ''), _negated=True)), _connector='OR'), name='home_record_says_what_and_whence'),
        ),
        migrations.AddConstraint(
            model_name='homerecord',
            constraint=models.CheckConstraint(condition=models.Q(('marks', []), models.Q(('state', 'recorded'), ('topic', 'visit_risks')), _connector='OR'), name='only_risks_that_are_recorded_are_marked'),
        ),
        migrations.AddConstraint(
            model_name='homerecord',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_at__isnull', True), ('superseded_at__gte', models.F('recorded_at')), _connector='OR'), name='home_record_superseded_later'),
        ),
        migrations.AddConstraint(
            model_name='keysafe',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('there', True), models.Q(('code', ''), _negated=True)), models.Q(('code', ''), ('place', ''), ('there', False)), _connector='OR'), name='a_key_safe_has_its_code'),
        ),
        migrations.AddConstraint(
            model_name='keysafe',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('patient',), name='one_current_key_safe'),
        ),
        migrations.AddConstraint(
            model_name='keysafe',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_at__isnull', True), ('superseded_at__gte', models.F('recorded_at')), _connector='OR'), name='key_safe_superseded_later'),
        ),
        migrations.AddConstraint(
            model_name='safeguardingnote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('none', True), ('text', '')), models.Q(('none', False), models.Q(('text', ''), _negated=True)), _connector='OR'), name='a_safeguarding_note_says_what'),
        ),
        migrations.AddConstraint(
            model_name='safeguardingnote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('ended_why', '')), models.Q(('ended_at__gte', models.F('recorded_at')), ('ended_by__isnull', False), models.Q(('ended_why', ''), _negated=True)), _connector='OR'), name='a_safeguarding_note_ends_with_who_and_why'),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='admission',
            name='carer_checked',
        ),
        migrations.RemoveField(
            model_name='admission',
            name='consent_recorded',
        ),
        migrations.RemoveField(
            model_name='admission',
            name='home_checked',
        ),
        migrations.RemoveField(
            model_name='admissionevent',
            name='carer_checked',
        ),
        migrations.RemoveField(
            model_name='admissionevent',
            name='consent_recorded',
        ),
        migrations.RemoveField(
            model_name='admissionevent',
            name='home_checked',
        ),
        migrations.RemoveField(
            model_name='patient',
            name='adjustments',
        ),
        migrations.RemoveField(
            model_name='patient',
            name='interpreter_needed',
        ),
        migrations.RemoveField(
            model_name='patientevent',
            name='adjustments',
        ),
        migrations.RemoveField(
            model_name='patientevent',
            name='interpreter_needed',
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('must_not_be_told', False), models.Q(('also_nights', False), ('call_first', False), ('first_at_night', False)), _connector='OR'), name='nobody_is_called_who_must_not_be_told'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('call_first', True)), fields=('patient',), name='one_first_to_call'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('first_at_night', True)), fields=('patient',), name='one_first_at_night'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('first_at_night', False), ('also_nights', True), _connector='OR'), name='the_first_at_night_may_be_called_then'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='admission',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."admitted_at" IS DISTINCT FROM (NEW."admitted_at") OR OLD."admitted_by_id" IS DISTINCT FROM (NEW."admitted_by_id") OR OLD."destination" IS DISTINCT FROM (NEW."destination") OR OLD."discharge_note" IS DISTINCT FROM (NEW."discharge_note") OR OLD."discharged_at" IS DISTINCT FROM (NEW."discharged_at") OR OLD."discharged_by_id" IS DISTINCT FROM (NEW."discharged_by_id") OR OLD."expected_discharge" IS DISTINCT FROM (NEW."expected_discharge") OR OLD."follow_up" IS DISTINCT FROM (NEW."follow_up") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."medicine_changes" IS DISTINCT FROM (NEW."medicine_changes") OR OLD."pathway_version_id" IS DISTINCT FROM (NEW."pathway_version_id") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."ready_since" IS DISTINCT FROM (NEW."ready_since") OR OLD."referral_id" IS DISTINCT FROM (NEW."referral_id") OR OLD."responsible_clinician_id" IS DISTINCT FROM (NEW."responsible_clinician_id") OR OLD."safety_net_advice" IS DISTINCT FROM (NEW."safety_net_advice") OR OLD."spell_id" IS DISTINCT FROM (NEW."spell_id") OR OLD."usual_news2" IS DISTINCT FROM (NEW."usual_news2") OR OLD."usual_spo2" IS DISTINCT FROM (NEW."usual_spo2") OR OLD."ward_id" IS DISTINCT FROM (NEW."ward_id"))', func='INSERT INTO "patients_admissionevent" ("admitted_at", "admitted_by_id", "destination", "discharge_note", "discharged_at", "discharged_by_id", "expected_discharge", "follow_up", "id", "medicine_changes", "pathway_version_id", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ready_since", "referral_id", "responsible_clinician_id", "safety_net_advice", "spell_id", "usual_news2", "usual_spo2", "ward_id") VALUES (NEW."admitted_at", NEW."admitted_by_id", NEW."destination", NEW."discharge_note", NEW."discharged_at", NEW."discharged_by_id", NEW."expected_discharge", NEW."follow_up", NEW."id", NEW."medicine_changes", NEW."pathway_version_id", NEW."patient_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."ready_since", NEW."referral_id", NEW."responsible_clinician_id", NEW."safety_net_advice", NEW."spell_id", NEW."usual_news2", NEW."usual_spo2", NEW."ward_id"); RETURN NULL;', hash='23796e78f613aedfd559b8197b336d67cf1d782c', operation='UPDATE', pgid='pgtrigger_update_update_1d1f1', table='patients_admission', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='admission',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_admissionevent" ("admitted_at", "admitted_by_id", "destination", "discharge_note", "discharged_at", "discharged_by_id", "expected_discharge", "follow_up", "id", "medicine_changes", "pathway_version_id", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ready_since", "referral_id", "responsible_clinician_id", "safety_net_advice", "spell_id", "usual_news2", "usual_spo2", "ward_id") VALUES (OLD."admitted_at", OLD."admitted_by_id", OLD."destination", OLD."discharge_note", OLD."discharged_at", OLD."discharged_by_id", OLD."expected_discharge", OLD."follow_up", OLD."id", OLD."medicine_changes", OLD."pathway_version_id", OLD."patient_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."ready_since", OLD."referral_id", OLD."responsible_clinician_id", OLD."safety_net_advice", OLD."spell_id", OLD."usual_news2", OLD."usual_spo2", OLD."ward_id"); RETURN NULL;', hash='e678618559baf0c13bdeeb71b218eaf3b20f556f', operation='DELETE', pgid='pgtrigger_delete_delete_218b7', table='patients_admission', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_contactevent" ("also_nights", "call_first", "first_at_night", "id", "is_carer", "language", "must_not_be_told", "name", "note", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relationship") VALUES (NEW."also_nights", NEW."call_first", NEW."first_at_night", NEW."id", NEW."is_carer", NEW."language", NEW."must_not_be_told", NEW."name", NEW."note", NEW."patient_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."relationship"); RETURN NULL;', hash='9a7b31b213299fa752d1c642d1781b72e23571dd', operation='UPDATE', pgid='pgtrigger_update_update_5208d', table='patients_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_contactevent" ("also_nights", "call_first", "first_at_night", "id", "is_carer", "language", "must_not_be_told", "name", "note", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relationship") VALUES (OLD."also_nights", OLD."call_first", OLD."first_at_night", OLD."id", OLD."is_carer", OLD."language", OLD."must_not_be_told", OLD."name", OLD."note", OLD."patient_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."relationship"); RETURN NULL;', hash='665b459bb199eb0352162b4fb0984ba4f3b6534a', operation='DELETE', pgid='pgtrigger_delete_delete_447f9', table='patients_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='patient',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_patientevent" ("address", "born", "deprivation_decile", "died_at", "ethnicity_group", "family_name", "given_name", "id", "language", "lives_in_id", "lives_with", "merged_into_id", "no_nhs_number_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postcode", "sex", "title") VALUES (NEW."address", NEW."born", NEW."deprivation_decile", NEW."died_at", NEW."ethnicity_group", NEW."family_name", NEW."given_name", NEW."id", NEW."language", NEW."lives_in_id", NEW."lives_with", NEW."merged_into_id", NEW."no_nhs_number_reason", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."postcode", NEW."sex", NEW."title"); RETURN NULL;', hash='30fb63dc2168bf2d9ab494b74b160dccbdc22d3a', operation='UPDATE', pgid='pgtrigger_update_update_546ce', table='patients_patient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='patient',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_patientevent" ("address", "born", "deprivation_decile", "died_at", "ethnicity_group", "family_name", "given_name", "id", "language", "lives_in_id", "lives_with", "merged_into_id", "no_nhs_number_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postcode", "sex", "title") VALUES (OLD."address", OLD."born", OLD."deprivation_decile", OLD."died_at", OLD."ethnicity_group", OLD."family_name", OLD."given_name", OLD."id", OLD."language", OLD."lives_in_id", OLD."lives_with", OLD."merged_into_id", OLD."no_nhs_number_reason", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."postcode", OLD."sex", OLD."title"); RETURN NULL;', hash='f78ee574bb0dc50456c6de33e1cd212d4120180f', operation='DELETE', pgid='pgtrigger_delete_delete_9898d', table='patients_patient', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='check',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_checkevent" ("admission_id", "answer", "given_at", "given_by", "given_with", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "superseded_at", "text", "topic") VALUES (NEW."admission_id", NEW."answer", NEW."given_at", NEW."given_by", NEW."given_with", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."superseded_at", NEW."text", NEW."topic"); RETURN NULL;', hash='aa98648127161e6d69c0024192504a21767ddc02', operation='UPDATE', pgid='pgtrigger_update_update_4a2a6', table='patients_check', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='check',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_checkevent" ("admission_id", "answer", "given_at", "given_by", "given_with", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "superseded_at", "text", "topic") VALUES (OLD."admission_id", OLD."answer", OLD."given_at", OLD."given_by", OLD."given_with", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_by_id", OLD."superseded_at", OLD."text", OLD."topic"); RETURN NULL;', hash='292054200dd4d7ab2724a0e01244f9de16dfe2c9', operation='DELETE', pgid='pgtrigger_delete_delete_ac5f2', table='patients_check', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='homerecord',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_homerecordevent" ("id", "marks", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "source", "state", "superseded_at", "text", "topic") VALUES (NEW."id", NEW."marks", NEW."patient_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."source", NEW."state", NEW."superseded_at", NEW."text", NEW."topic"); RETURN NULL;', hash='33d1d6a8b74fc5c627fd142df3ca18381ece26e6', operation='UPDATE', pgid='pgtrigger_update_update_edac3', table='patients_homerecord', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='homerecord',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_homerecordevent" ("id", "marks", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "source", "state", "superseded_at", "text", "topic") VALUES (OLD."id", OLD."marks", OLD."patient_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_by_id", OLD."source", OLD."state", OLD."superseded_at", OLD."text", OLD."topic"); RETURN NULL;', hash='2c5fa037106d5f8b6a712b5d289e340f7d7923de', operation='DELETE', pgid='pgtrigger_delete_delete_fc499', table='patients_homerecord', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='keysafe',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_keysafeevent" ("code", "id", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "recorded_at", "recorded_by_id", "superseded_at", "there") VALUES (NEW."code", NEW."id", NEW."patient_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."recorded_at", NEW."recorded_by_id", NEW."superseded_at", NEW."there"); RETURN NULL;', hash='249c80406f33ba46f6c5ee1d9526aee0ecc16524', operation='UPDATE', pgid='pgtrigger_update_update_04d36', table='patients_keysafe', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='keysafe',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_keysafeevent" ("code", "id", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "recorded_at", "recorded_by_id", "superseded_at", "there") VALUES (OLD."code", OLD."id", OLD."patient_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."recorded_at", OLD."recorded_by_id", OLD."superseded_at", OLD."there"); RETURN NULL;', hash='2ac9d4ec6ac97392858f3b53c031b9d9e6fecf3f', operation='DELETE', pgid='pgtrigger_delete_delete_8f9a9', table='patients_keysafe', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='safeguardingnote',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_safeguardingnoteevent" ("ended_at", "ended_by_id", "ended_why", "id", "none", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "text", "told_to") VALUES (NEW."ended_at", NEW."ended_by_id", NEW."ended_why", NEW."id", NEW."none", NEW."patient_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."text", NEW."told_to"); RETURN NULL;', hash='f2e8649d791be0de0796e4ee16428295fad18aeb', operation='UPDATE', pgid='pgtrigger_update_update_dae12', table='patients_safeguardingnote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='safeguardingnote',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_safeguardingnoteevent" ("ended_at", "ended_by_id", "ended_why", "id", "none", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "text", "told_to") VALUES (OLD."ended_at", OLD."ended_by_id", OLD."ended_why", OLD."id", OLD."none", OLD."patient_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_by_id", OLD."text", OLD."told_to"); RETURN NULL;', hash='707d7036c96a50e0802ee09036220f928631d213', operation='DELETE', pgid='pgtrigger_delete_delete_28053', table='patients_safeguardingnote', when='AFTER')),
        ),
    ]
