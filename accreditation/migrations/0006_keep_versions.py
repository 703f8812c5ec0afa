from django.db import migrations

FIRST_VERSION = "2026-1"


def keep(apps, schema_editor):
    """What was submitted keeps the rubric of its cycle, and the only process there was."""
    cycle, application = (apps.get_model("accreditation", name) for name in ("Cycle", "Application"))
    cycle.objects.update(process_version=FIRST_VERSION)
    for one in cycle.objects.all():
        application.objects.filter(cycle=one, submitted_at__isnull=False).update(
            rubric=one.rubric_id, process_version=FIRST_VERSION
        )


class Migration(migrations.Migration):
    dependencies = [("accreditation", "0005_deliberation")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
