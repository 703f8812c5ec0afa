from django.db import migrations

from workflows.ledger.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("workflows", "0009_merkle_log")]

    operations = [
        append_only("workflows_leaf", 'old."index" = NEW."index" OR old.event_id = NEW.event_id'),
        append_only("workflows_node", "old.position = NEW.position"),
        append_only("workflows_checkpoint", "old.size = NEW.size"),
        append_only(
            "workflows_cosignature",
            "old.id = NEW.id OR (old.checkpoint_id = NEW.checkpoint_id AND old.witness = NEW.witness)",
        ),
        # Personal text may be erased; it is never altered.
        append_only("workflows_eventpayload", "old.event_id = NEW.event_id", is_erasable=True),
    ]
