"""The tables of certificates, and what keeps them as they were written."""

import certificates.models
import django.db.models.deletion
import uuid
from django.db import migrations, models

from certificates.triggers import LATER, certificates_are_final, files_have_their_proof, rows_are_final


class Migration(migrations.Migration):

    replaces = [('certificates', '0001_initial'), ('certificates', '0002_certificates_are_final'), ('certificates', '0003_log_proof'), ('certificates', '0004_files_have_their_proof'), ('certificates', '0005_endings_designs_and_status')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Design',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=40)),
                ('version', models.PositiveIntegerField(default=1)),
                ('purpose', models.CharField(choices=[('certificate', '证书'), ('plaque', '牌匾')], max_length=16)),
                ('based_on', models.CharField(max_length=60)),
                ('template', models.TextField()),
                ('sheet', models.TextField()),
                ('saved_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['purpose', 'name', '-version'],
                'constraints': [models.UniqueConstraint(fields=('purpose', 'name', 'version'), name='one_design_a_version')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Layout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('document', models.JSONField()),
                ('chosen_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-version'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='NumberSequence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(unique=True)),
                ('next_serial', models.PositiveIntegerField(default=1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('next_serial__gte', 1)), name='next_serial_from_one')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('serial', models.PositiveIntegerField()),
                ('number', models.CharField(max_length=80, unique=True)),
                ('check_code', models.CharField(default=certificates.models.new_check_code, editable=False, max_length=16, unique=True)),
                ('studio_name', models.CharField(max_length=100)),
                ('enterprise_name', models.CharField(max_length=100)),
                ('title', models.CharField(max_length=60)),
                ('issuer', models.CharField(max_length=60)),
                ('decision_number', models.CharField(blank=True, max_length=80)),
                ('issued_on', models.DateField()),
                ('valid_until', models.DateField()),
                ('design', models.PositiveSmallIntegerField(default=1)),
                ('joint_issuers', models.JSONField(default=list)),
                ('layout', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='certificates.layout')),
                ('issued_for', models.UUIDField(db_index=True)),
                ('status_list', models.PositiveSmallIntegerField()),
                ('status_index', models.PositiveIntegerField()),
                ('log_proof', models.JSONField(null=True)),
                ('registered_at', models.DateTimeField()),
                ('file', models.FileField(blank=True, max_length=120, upload_to='')),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveIntegerField(null=True)),
                ('rendered_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-year', '-serial'],
                'indexes': [models.Index(condition=models.Q(('sha256', '')), fields=['id'], name='certificates_without_file')],
                'constraints': [models.UniqueConstraint(fields=('year', 'serial'), name='one_certificate_a_serial'), models.UniqueConstraint(fields=('status_list', 'status_index'), name='one_certificate_a_status'), models.UniqueConstraint(condition=models.Q(('sha256', ''), _negated=True), fields=('sha256',), name='one_certificate_a_file'), models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('rendered_at', None), ('sha256', ''), ('size', None)), models.Q(models.Q(('file', ''), _negated=True), models.Q(('sha256', ''), _negated=True), ('size__gt', 0), ('rendered_at__isnull', False)), _connector='OR'), name='file_with_its_hash_size_and_time'), models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('issued_on'))), name='valid_after_issue')],
            },
        ),
        migrations.CreateModel(
            name='Ending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('certificate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ending', to='certificates.certificate')),
                ('kind', models.CharField(choices=[('revoked', '撤销'), ('superseded', '由新证书代替')], max_length=16)),
                ('ended_on', models.DateField()),
                ('reason', models.TextField()),
                ('successor', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessor_ending', to='certificates.certificate')),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'revoked'), ('successor', None)), models.Q(('kind', 'superseded'), ('successor__isnull', False)), _connector='OR'), name='superseded_by_a_successor'), models.CheckConstraint(condition=models.Q(('successor', models.F('certificate')), _negated=True), name='succeeded_by_another')],
                'indexes': [],
            },
        ),
        certificates_are_final(*LATER),
        files_have_their_proof(),
        rows_are_final("certificates_layout", "version"),
        rows_are_final("certificates_design", "public_id"),
        rows_are_final("certificates_ending", "certificate_id"),
    ]
