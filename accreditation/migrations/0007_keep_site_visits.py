from django.db import migrations

from workflows.ledger.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("accreditation", "0006_keep_versions")]

    operations = [
        append_only("accreditation_sitevisit", "old.id = NEW.id OR old.public_id = NEW.public_id"),
        append_only("accreditation_sitevisitphoto", "old.id = NEW.id OR old.public_id = NEW.public_id"),
    ]
