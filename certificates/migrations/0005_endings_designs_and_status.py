"""How certificates end and look, and their bits in status lists."""

import secrets
import uuid

import django.db.models.deletion
from django.db import migrations, models

from certificates.triggers import LATER, certificates_are_final, files_have_their_proof, rows_are_final

STATUS_LIST_LENGTH = 131_072


def fill(apps, _editor):
    Certificate = apps.get_model("certificates", "Certificate")
    Designation = apps.get_model("accreditation", "Designation")
    issued_for = dict(
        Designation.objects.exclude(certificate=None).values_list("certificate_id", "application__public_id")
    )
    taken = set()
    for certificate in Certificate.objects.iterator():
        while (index := secrets.randbelow(STATUS_LIST_LENGTH)) in taken:
            pass
        taken.add(index)
        # One that was never designated has no case; a code of its own keeps it apart.
        code = issued_for.get(certificate.pk, certificate.public_id)
        Certificate.objects.filter(pk=certificate.pk).update(status_list=1, status_index=index, issued_for=code)


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0004_files_have_their_proof"),
        ("accreditation", "0011_who_builds_case_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Layout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(unique=True)),
                ("document", models.JSONField()),
                ("chosen_at", models.DateTimeField()),
            ],
            options={"ordering": ["-version"]},
        ),
        migrations.CreateModel(
            name="Design",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField(default=1)),
                ("purpose", models.CharField(choices=[("certificate", "证书"), ("plaque", "牌匾")], max_length=16)),
                ("based_on", models.CharField(max_length=60)),
                ("template", models.TextField()),
                ("sheet", models.TextField()),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["purpose", "name", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("purpose", "name", "version"), name="one_design_a_version")
                ],
            },
        ),
        migrations.RunPython(certificates_are_final().reverse_code, migrations.RunPython.noop),
        migrations.RunPython(files_have_their_proof().reverse_code, migrations.RunPython.noop),
        migrations.AddField("certificate", "issued_for", models.UUIDField(null=True)),
        migrations.AddField("certificate", "joint_issuers", models.JSONField(default=list)),
        migrations.AddField("certificate", "status_index", models.PositiveIntegerField(null=True)),
        migrations.AddField("certificate", "status_list", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField(
            "certificate",
            "layout",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="certificates.layout"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("certificate", "issued_for", models.UUIDField(db_index=True)),
        migrations.AlterField("certificate", "status_index", models.PositiveIntegerField()),
        migrations.AlterField("certificate", "status_list", models.PositiveSmallIntegerField()),
        migrations.AddConstraint(
            "certificate",
            models.UniqueConstraint(fields=("status_list", "status_index"), name="one_certificate_a_status"),
        ),
        certificates_are_final(*LATER),
        files_have_their_proof(),
        migrations.CreateModel(
            name="Ending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("revoked", "撤销"), ("superseded", "由新证书代替")], max_length=16
                    ),
                ),
                ("ended_on", models.DateField()),
                ("reason", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ending", to="certificates.certificate"
                    ),
                ),
                (
                    "successor",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessor_ending",
                        to="certificates.certificate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind", "revoked"), ("successor", None))
                        | models.Q(("kind", "superseded"), ("successor__isnull", False)),
                        name="superseded_by_a_successor",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(("successor", models.F("certificate"))), name="succeeded_by_another"
                    ),
                ]
            },
        ),
        rows_are_final("certificates_layout", "version"),
        rows_are_final("certificates_design", "public_id"),
        rows_are_final("certificates_ending", "certificate_id"),
    ]
