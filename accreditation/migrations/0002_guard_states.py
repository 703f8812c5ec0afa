from django.db import migrations

from workflows.ledger.triggers import append_only, state_needs_event


class Migration(migrations.Migration):
    dependencies = [("accreditation", "0001_initial"), ("workflows", "0002_guard_events")]

    operations = [
        state_needs_event("accreditation_application", initial="draft"),
        append_only(
            "accreditation_revision",
            "old.id = NEW.id OR (old.application_id = NEW.application_id AND old.number = NEW.number)",
        ),
        append_only(
            "accreditation_scorecard",
            "old.id = NEW.id OR (old.revision_id = NEW.revision_id AND old.expert_id = NEW.expert_id)",
            frozen_when="OLD.submitted_at IS NOT NULL",
        ),
        append_only("accreditation_rubric", "old.id = NEW.id OR old.version = NEW.version"),
    ]
