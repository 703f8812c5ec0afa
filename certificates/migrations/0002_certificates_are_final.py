"""The database refuses to change or delete a certificate; only its file may be added, once."""

from django.db import migrations

from certificates.triggers import certificates_are_final


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]

    operations = [certificates_are_final()]
