import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accreditation", "0008_merkle_log"),
        ("workflows", "0010_guard_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexedThrough",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("leaves", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="EventTerm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "term", "at", "event", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("term", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="workflows.event",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReasonPair",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "pair", "at", "event", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("pair", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pairs",
                        to="workflows.eventpayload",
                    ),
                ),
            ],
        ),
    ]
