import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('profession', models.CharField(blank=True, help_text='As colleagues would say it: nurse in charge.', max_length=80)),
                ('registration_number', models.CharField(blank=True, help_text='With its body: NMC 12A3456C.', max_length=40)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='one_user_per_email')],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('verb', models.CharField(max_length=60)),
                ('subject_kind', models.CharField(max_length=60)),
                ('subject_id', models.CharField(max_length=80)),
                ('detail', models.JSONField(blank=True, default=dict)),
                ('from_address', models.GenericIPAddressField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_kind', 'subject_id', 'at'], name='audit_by_subject'), models.Index(fields=['by', 'at'], name='audit_by_person')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8bbee2d65deca55027dda0d91237e58a3f3f2738', operation='UPDATE OR DELETE', pgid='pgtrigger_insert_only_86d49', table='accounts_auditevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('page', models.CharField(max_length=80)),
                ('subject_kind', models.CharField(max_length=60)),
                ('subject_id', models.CharField(max_length=80)),
                ('from_address', models.GenericIPAddressField(blank=True, null=True)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_kind', 'subject_id', 'at'], name='look_by_subject'), models.Index(fields=['user', 'at'], name='look_by_person')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='66ba357b79f9fab02b611b2729f26e5ccac9fe96', operation='UPDATE OR DELETE', pgid='pgtrigger_insert_only_07987', table='accounts_look', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('ward_clinician', 'Ward clinician'), ('ward_lead', 'Ward lead'), ('referrer', 'Referrer'), ('out_of_hours_clinician', 'Out-of-hours clinician'), ('icb_manager', 'ICB manager'), ('organisation_administrator', 'Organisation administrator'), ('auditor', 'Auditor'), ('returns_officer', 'Returns officer'), ('read_only', 'Clinical staff, read only')], max_length=32)),
                ('scope', models.CharField(choices=[('ward', 'Ward'), ('provider', 'Provider'), ('icb', 'Integrated care board'), ('england', 'England')], max_length=10)),
                ('code', models.CharField(blank=True, help_text="The ward's code, or the ODS code. None for England.", max_length=60)),
                ('senior_decision_maker', models.BooleanField(default=False)),
                ('starts', models.DateField()),
                ('ends', models.DateField(blank=True, help_text='The first day without it.', null=True)),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['scope', 'code'], name='membership_by_code')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='membership_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('scope', 'england')), models.Q(models.Q(('scope', 'england'), _negated=True), models.Q(('code', ''), _negated=True)), _connector='OR'), name='membership_code_unless_england'), models.CheckConstraint(condition=models.Q(('role__in', ['ward_clinician', 'ward_lead', 'referrer', 'out_of_hours_clinician', 'icb_manager', 'organisation_administrator', 'auditor', 'returns_officer', 'read_only'])), name='membership_role_is_known'), models.CheckConstraint(condition=models.Q(('scope__in', ['ward', 'provider', 'icb', 'england'])), name='membership_scope_is_known'), models.UniqueConstraint(condition=models.Q(('ends', None)), fields=('user', 'role', 'scope', 'code'), name='one_open_membership')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipevent" ("code", "ends", "granted_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "scope", "senior_decision_maker", "starts", "user_id") VALUES (NEW."code", NEW."ends", NEW."granted_by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."scope", NEW."senior_decision_maker", NEW."starts", NEW."user_id"); RETURN NULL;', hash='cda84f00ad581665a35ab706d254c24389a602e6', operation='INSERT', pgid='pgtrigger_insert_insert_fc05a', table='accounts_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_membershipevent" ("code", "ends", "granted_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "scope", "senior_decision_maker", "starts", "user_id") VALUES (NEW."code", NEW."ends", NEW."granted_by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."scope", NEW."senior_decision_maker", NEW."starts", NEW."user_id"); RETURN NULL;', hash='bf9077463242f8379ce2ac51087427cac74f0a88', operation='UPDATE', pgid='pgtrigger_update_update_20ab5', table='accounts_membership', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(choices=[('ward_clinician', 'Ward clinician'), ('ward_lead', 'Ward lead'), ('referrer', 'Referrer'), ('out_of_hours_clinician', 'Out-of-hours clinician'), ('icb_manager', 'ICB manager'), ('organisation_administrator', 'Organisation administrator'), ('auditor', 'Auditor'), ('returns_officer', 'Returns officer'), ('read_only', 'Clinical staff, read only')], max_length=32)),
                ('scope', models.CharField(choices=[('ward', 'Ward'), ('provider', 'Provider'), ('icb', 'Integrated care board'), ('england', 'England')], max_length=10)),
                ('code', models.CharField(blank=True, help_text="The ward's code, or the ODS code. None for England.", max_length=60)),
                ('senior_decision_maker', models.BooleanField(default=False)),
                ('starts', models.DateField()),
                ('ends', models.DateField(blank=True, help_text='The first day without it.', null=True)),
                ('granted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.membership')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
