from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accreditation", "0010_look_for_findings")]

    operations = [
        migrations.AddField("casefile", "beat_at", models.DateTimeField(null=True)),
        migrations.AddField("casefile", "builder", models.UUIDField(null=True)),
    ]
