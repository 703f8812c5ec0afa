from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0010_guard_log")]

    operations = [
        migrations.AddField(
            model_name="checkpointreader",
            name="mailed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
