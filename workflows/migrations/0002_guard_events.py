from django.db import migrations

from workflows.ledger.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]

    operations = [
        append_only(
            "workflows_event",
            "old.id = NEW.id OR old.hash = NEW.hash OR (old.stream = NEW.stream AND old.sequence = NEW.sequence)",
        ),
    ]
