"""The tables that point at events, and the guards of those whose rows only events may change."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from workflows.ledger.triggers import append_only, state_needs_event


class Migration(migrations.Migration):

    replaces = [('accreditation', '0011_who_builds_case_files')]

    dependencies = [
        ('accreditation', '0001_squashed_0010'),
        ('workflows', '0001_squashed_0011'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventTerm',
            fields=[
                ('pk', models.CompositePrimaryKey('term', 'at', 'event', blank=True, editable=False, primary_key=True, serialize=False)),
                ('term', models.CharField(max_length=32)),
                ('at', models.DateTimeField()),
                ('event', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='workflows.event')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='ReasonPair',
            fields=[
                ('pk', models.CompositePrimaryKey('pair', 'at', 'event', blank=True, editable=False, primary_key=True, serialize=False)),
                ('pair', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('event', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='pairs', to='workflows.eventpayload')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('head', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('rule', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=160)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accreditation.organisation')),
                ('cycle', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accreditation.cycle')),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='accreditation.application')),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.event')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facts', models.JSONField(default=dict)),
                ('happened_at', models.DateTimeField()),
                ('found_at', models.DateTimeField()),
                ('examined_at', models.DateTimeField(null=True)),
                ('examined_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-happened_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('examined_at', None)), fields=['happened_at'], name='finding_open'), models.Index(condition=models.Q(('examined_at', None)), fields=['office'], name='finding_open_of_office'), models.Index(fields=['-happened_at', '-id'], name='finding_latest')],
                'constraints': [models.UniqueConstraint(fields=('rule', 'key'), name='found_once')],
            },
        ),
        state_needs_event("accreditation_application", initial="draft"),
        append_only(
            "accreditation_revision",
            "old.id = NEW.id OR (old.application_id = NEW.application_id AND old.number = NEW.number)",
        ),
        append_only(
            "accreditation_scorecard",
            "old.id = NEW.id OR (old.revision_id = NEW.revision_id AND old.expert_id = NEW.expert_id)",
            frozen_when="OLD.submitted_at IS NOT NULL",
        ),
        append_only("accreditation_rubric", "old.id = NEW.id OR old.version = NEW.version"),
        append_only("accreditation_sitevisit", "old.id = NEW.id OR old.public_id = NEW.public_id"),
        append_only("accreditation_sitevisitphoto", "old.id = NEW.id OR old.public_id = NEW.public_id"),
    ]
