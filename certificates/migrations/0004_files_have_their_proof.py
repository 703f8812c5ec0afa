"""The database takes the file of a certificate only with the proof of its decision's place in the log."""

from django.db import migrations

from certificates.triggers import files_have_their_proof


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_log_proof")]

    operations = [files_have_their_proof()]
