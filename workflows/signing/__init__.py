"""会签, 或签, 票签: several people sign before a decision, or before it takes effect.

A round belongs to one open work. Placed before, the work waits until it has passed; placed after, it is planned
until the holder decides, and the decision waits. Every function locks the subject, asks permission anew, writes
one event and evaluates the round at once.
"""

from workflows.signing.changes import add_signer, cancel_round, change_terms, remove_signer
from workflows.signing.evaluation import Terms, evaluate, misfits
from workflows.signing.opening import Plan, open_round, planned_round, propose
from workflows.signing.rules import Rules
from workflows.signing.signatures import sign

__all__ = [
    "Plan",
    "Rules",
    "Terms",
    "add_signer",
    "cancel_round",
    "change_terms",
    "evaluate",
    "misfits",
    "open_round",
    "planned_round",
    "propose",
    "remove_signer",
    "sign",
]
