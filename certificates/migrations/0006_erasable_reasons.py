"""The reason of an ending can be erased; what no certificate was read by any more goes; replacing rows is refused."""

from django.db import migrations

from certificates.triggers import (
    DROPPED,
    LATER,
    certificates_are_final,
    endings_are_final,
    files_have_their_proof,
    put_in_place_of,
    rows_are_final,
)


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_squashed_0005")]

    operations = [
        put_in_place_of(rows_are_final("certificates_ending", "certificate_id")),
        endings_are_final(),
        put_in_place_of(rows_are_final("certificates_design", "public_id")),
        rows_are_final("certificates_design", "public_id", "purpose name version"),
        put_in_place_of(certificates_are_final(*LATER)),
        put_in_place_of(files_have_their_proof()),
        migrations.RemoveField("certificate", "design"),
        certificates_are_final(*LATER, dropped=DROPPED),
        files_have_their_proof(),
    ]
