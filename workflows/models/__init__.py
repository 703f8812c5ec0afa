"""Rows of the approval engine."""

from workflows.models.event import Event, EventPayload
from workflows.models.stream import Stream, Subject
from workflows.models.task import Task

__all__ = ["Event", "EventPayload", "Stream", "Subject", "Task"]
