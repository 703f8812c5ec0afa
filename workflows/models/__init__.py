"""Rows of the approval engine."""

from workflows.models.event import Event, EventPayload
from workflows.models.log import (
    Checkpoint,
    CheckpointCopy,
    CheckpointReader,
    Cosignature,
    Journal,
    Leaf,
    Node,
    ReadThrough,
    Witnessed,
)
from workflows.models.notification import Delivery, MailChoice, Notification, Told, Webhook
from workflows.models.persons import Appointment, Copy, Recusal, Substitution
from workflows.models.signing import Signature, SigningRound
from workflows.models.stream import Stream, Subject
from workflows.models.task import Task

__all__ = [
    "Appointment",
    "Checkpoint",
    "CheckpointCopy",
    "CheckpointReader",
    "Copy",
    "Cosignature",
    "Delivery",
    "Event",
    "EventPayload",
    "Journal",
    "Leaf",
    "MailChoice",
    "Node",
    "Notification",
    "ReadThrough",
    "Recusal",
    "Signature",
    "SigningRound",
    "Stream",
    "Subject",
    "Substitution",
    "Task",
    "Told",
    "Webhook",
    "Witnessed",
]
