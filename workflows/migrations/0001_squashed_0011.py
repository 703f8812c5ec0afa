"""The tables of tasks, messages and the ledger, and what keeps the ledger as it was written."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from workflows.ledger.triggers import append_only


def begin(apps, _editor):
    """Nobody is told of what was done before there were messages."""
    apps.get_model("workflows", "ReadThrough").objects.create(reader="told")


class Migration(migrations.Migration):

    replaces = [('workflows', '0001_initial'), ('workflows', '0002_guard_events'), ('workflows', '0003_task_operations'), ('workflows', '0004_ended_appointments'), ('workflows', '0005_tasks_by_arrival'), ('workflows', '0006_told_through'), ('workflows', '0007_events_for_principals'), ('workflows', '0008_planned_hold'), ('workflows', '0009_merkle_log'), ('workflows', '0010_guard_log'), ('workflows', '0011_checkpoint_mailed_at')]

    initial = True

    dependencies = [
        ('accreditation', '0001_squashed_0010'),
        ('accreditation', '__first__'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='accreditation.organisation')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('content_type', 'object_id', 'office', 'user'), name='appointed_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('note', models.TextField()),
            ],
            options={
                'ordering': ['-size'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='CheckpointReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('since', models.DateTimeField()),
                ('mailed_id', models.BigIntegerField(default=0)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('retry_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Copy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-at'], name='copy_to')],
                'constraints': [models.UniqueConstraint(fields=('content_type', 'object_id', 'user'), name='copied_once')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.CharField(max_length=64)),
                ('sequence', models.PositiveIntegerField()),
                ('action', models.CharField(max_length=32)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('principal', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accreditation.organisation')),
                ('role', models.CharField(blank=True, max_length=16)),
                ('from_state', models.CharField(blank=True, max_length=32)),
                ('to_state', models.CharField(blank=True, max_length=32)),
                ('at', models.DateTimeField()),
                ('body', models.TextField()),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['actor', 'at'], name='event_by_actor'), models.Index(fields=['office', 'at'], name='event_by_office'), models.Index(fields=['action', 'at'], name='event_by_action'), models.Index(fields=['at'], name='event_by_time')],
                'constraints': [models.UniqueConstraint(fields=('stream', 'sequence'), name='event_once_in_stream'), models.UniqueConstraint(fields=('hash',), name='event_hash_unique')],
            },
        ),
        migrations.CreateModel(
            name='Journal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('head', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('kind', models.CharField(max_length=16)),
                ('code', models.CharField(max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'code'), name='one_journal_a_code')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='MailChoice',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='mail_choice', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('way', models.CharField(choices=[('at_once', '逐条发送'), ('digest', '每天一封汇总'), ('never', '不发送')], default='digest', max_length=8)),
                ('language', models.CharField(blank=True, max_length=12)),
                ('digested_on', models.DateField(null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('retry_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Node',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='ReadThrough',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.CharField(max_length=16, unique=True)),
                ('event_id', models.BigIntegerField(default=0)),
                ('noted_id', models.BigIntegerField(default=0)),
                ('horizon', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Recusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accreditation.organisation')),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('content_type', 'object_id', 'user'), name='recused_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Substitution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='substitutions', to='accreditation.organisation')),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='substituted_by', to=settings.AUTH_USER_MODEL)),
                ('substitute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='substitutes_for', to=settings.AUTH_USER_MODEL)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-starts_at'],
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['substitute', 'ends_at'], name='substitution_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='substitution_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('principal', models.F('substitute')), _negated=True), name='substitution_between_two')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('work', '办理'), ('advice', '委派'), ('signature', '加签'), ('naming', '指定办理人')], default='work', max_length=16)),
                ('part_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='workflows.task')),
                ('hold', models.CharField(blank=True, choices=[('', '可以办理'), ('advice', '等待委派意见'), ('signing', '等待会签'), ('refused', '会签未通过'), ('planned', '决定后由会签人签署')], default='', max_length=16)),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField()),
                ('stage', models.CharField(max_length=32)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='accreditation.organisation')),
                ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outcome', models.CharField(blank=True, max_length=32)),
                ('handed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.TextField(blank=True)),
                ('opinion', models.TextField(blank=True)),
                ('reminded_on', models.DateField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['content_type', 'object_id'], name='task_of_subject'), models.Index(condition=models.Q(('closed_at', None)), fields=['office', 'due_at', 'id'], name='task_open_office'), models.Index(condition=models.Q(('closed_at', None)), fields=['office', 'opened_at', 'id'], name='task_open_arrival'), models.Index(condition=models.Q(('closed_at', None)), fields=['assignee', 'due_at', 'id'], name='task_open_assignee'), models.Index(fields=['closed_by', 'closed_at'], name='task_done_by'), models.Index(condition=models.Q(('closed_at', None), ('escalated_at', None)), fields=['due_at'], name='task_to_escalate')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'work'), ('part_of', None)), models.Q(models.Q(('kind', 'work'), _negated=True), ('part_of__isnull', False)), _connector='OR'), name='task_part_of_work'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='task_closed_with_outcome')],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhooks', to='accreditation.organisation')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('url', models.URLField(max_length=300, verbose_name='地址')),
                ('secret', models.CharField(max_length=64)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Witnessed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=120, unique=True)),
                ('size', models.BigIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('note', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='CheckpointCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='workflows.checkpoint')),
                ('place', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'place'), name='one_copy_a_place')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='workflows.checkpoint')),
                ('witness', models.CharField(max_length=120)),
                ('line', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'witness'), name='one_cosignature_a_witness')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='workflows.webhook')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.event')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(null=True)),
                ('given_up_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('delivered_at', None), ('given_up_at', None)), fields=['due_at'], name='delivery_due')],
                'constraints': [models.UniqueConstraint(fields=('webhook', 'event'), name='one_delivery_of_an_event')],
            },
        ),
        migrations.CreateModel(
            name='EventPayload',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='payload', serialize=False, to='workflows.event')),
                ('salt', models.CharField(blank=True, max_length=32)),
                ('content', models.TextField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('index', models.BigIntegerField(primary_key=True, serialize=False)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='leaf', to='workflows.event')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='workflows.event')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(max_length=32)),
                ('principal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('content_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='notification_to'), models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notification_unread'), models.Index(condition=models.Q(('mailed_at', None)), fields=['user', 'id'], name='notification_unmailed')],
                'constraints': [models.UniqueConstraint(fields=('event', 'user'), name='told_once_of_an_event')],
            },
        ),
        migrations.CreateModel(
            name='SigningRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='workflows.task')),
                ('placement', models.CharField(choices=[('before', '在我之前签'), ('after', '在我之后签')], max_length=8)),
                ('mode', models.CharField(choices=[('all', '会签：全部同意'), ('any', '或签：一人同意'), ('vote', '票签：达到票数')], max_length=8)),
                ('in_order', models.BooleanField(default=False)),
                ('threshold', models.PositiveSmallIntegerField(default=0)),
                ('quorum', models.PositiveSmallIntegerField(default=0)),
                ('note', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('planned', '待发起'), ('open', '签署中'), ('passed', '已通过'), ('refused', '未通过'), ('cancelled', '已取消')], max_length=16)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('proposal', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['planned', 'open'])), fields=('task',), name='one_running_round_a_task'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['planned', 'open'])), models.Q(models.Q(('state__in', ['planned', 'open']), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='round_ended_when_over')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='told', serialize=False, to='workflows.event')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='workflows.signinground')),
                ('signer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('position', models.PositiveSmallIntegerField()),
                ('task', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signature', to='workflows.task')),
                ('verdict', models.CharField(blank=True, choices=[('', '未签'), ('agree', '同意'), ('disagree', '不同意')], default='', max_length=8)),
                ('opinion', models.TextField(blank=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('round', 'signer'), name='one_place_a_signer'), models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('round', 'signed_by'), name='nobody_signs_twice'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('signed_by', None), ('verdict', '')), models.Q(models.Q(('verdict', ''), _negated=True), ('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='signature_whole')],
                'indexes': [],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
        append_only(
            "workflows_event",
            "old.id = NEW.id OR old.hash = NEW.hash OR (old.stream = NEW.stream AND old.sequence = NEW.sequence)",
        ),
        append_only("workflows_leaf", 'old."index" = NEW."index" OR old.event_id = NEW.event_id'),
        append_only("workflows_node", "old.position = NEW.position"),
        append_only("workflows_checkpoint", "old.size = NEW.size"),
        append_only(
            "workflows_cosignature",
            "old.id = NEW.id OR (old.checkpoint_id = NEW.checkpoint_id AND old.witness = NEW.witness)",
        ),
        # Personal text may be erased; it is never altered.
        append_only("workflows_eventpayload", "old.event_id = NEW.event_id", is_erasable=True),
    ]
