"""Addresses of the log: for everybody to read, for witnesses to write."""

from django.urls import path

from accreditation.views import ledger, witnessing

urlpatterns = [
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/checkpoint", ledger.latest, name="ledger-latest"),
    path("ledger/checkpoints/<int:size>", ledger.checkpoint, name="ledger-checkpoint"),
    path("ledger/keys", ledger.public_keys, name="ledger-keys"),
    path("ledger/consistency", ledger.consistency, name="ledger-consistency"),
    path("ledger/inclusion", ledger.inclusion, name="ledger-inclusion"),
    path("ledger/letters/", ledger.letters, name="ledger-letters"),
    path("ledger/cosignatures/", witnessing.cosignatures, name="ledger-cosignatures"),
    path("ledger/add-checkpoint", witnessing.add_checkpoint, name="ledger-add-checkpoint"),
]
