from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_squashed_0011")]

    operations = [
        migrations.AddField(
            model_name="mailchoice",
            name="asked",
            field=models.EmailField(blank=True, default="", max_length=254),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="mailchoice",
            name="asked_code",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="mailchoice",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
