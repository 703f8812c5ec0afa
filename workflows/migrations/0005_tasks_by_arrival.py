from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0004_ended_appointments")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["office", "opened_at", "id"],
                name="task_open_arrival",
            ),
        ),
    ]
