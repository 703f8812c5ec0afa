"""Rows of the approval engine."""

from workflows.models.event import Event, EventPayload
from workflows.models.notification import Delivery, MailChoice, Notification, Told, ToldThrough, Webhook
from workflows.models.persons import Appointment, Copy, Recusal, Substitution
from workflows.models.signing import Signature, SigningRound
from workflows.models.stream import Stream, Subject
from workflows.models.task import Task

__all__ = [
    "Appointment",
    "Copy",
    "Delivery",
    "Event",
    "EventPayload",
    "MailChoice",
    "Notification",
    "Recusal",
    "Signature",
    "SigningRound",
    "Stream",
    "Subject",
    "Substitution",
    "Task",
    "Told",
    "ToldThrough",
    "Webhook",
]
