"""What is sent: the letter to one person, the body for an office's webhook. What people wrote stands in neither."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.models import Application, User
from accreditation.queries.event_words import sentence
from accreditation.queries.notifications import Message, put_in_words, said_of, still_seen
from accreditation.scope import offices_of
from workflows.models import Event, Notification, Webhook
from workflows.notifications.audience import Letter
from workflows.working_days import SHANGHAI

MOST = 50
"""So many messages stand in one letter; of more their number."""
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def letter(user: User, notifications: Sequence[Notification], language: str, at: datetime) -> Letter | None:
    """Return the letter about these notifications, but for what the user may not see any more; None if none is left."""
    seen = still_seen(user, notifications, at)
    if not seen:
        return None
    with translation.override(language):
        messages = put_in_words(user, seen[-MOST:][::-1], offices_of(user))
        context = {
            "user": user,
            "language": language,
            "lines": [_line(message) for message in messages],
            "more": len(seen) - len(messages),
            "all": absolute(reverse("notifications")),
            "account": absolute(reverse("account")),
        }
        text = render_to_string("mail/messages.txt", context)
        html = render_to_string("mail/messages.html", context)
        return Letter(_subject(messages, len(seen)), text, html)


def webhook_body(event: Event, webhook: Webhook) -> dict[str, Any]:
    """Return what a webhook is sent of an event: no names, nothing that people wrote."""
    application = _application(event)
    said = {code: _said(event, application, webhook, language) for code, language in LANGUAGES.items()}
    return {
        "event": f"{event.stream}#{event.sequence}",
        "action": event.action,
        "at": event.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "office": getattr(event.office, "name", ""),
        "number": application.number if application else "",
        "sentence": said,
        "link": _link(application, webhook),
    }


def absolute(path: str) -> str:
    """Return the whole address of a page."""
    return f"{settings.BASE_URL}{path}"


def _line(message: Message) -> dict[str, Any]:
    """A mail names the office that acted, not the person."""
    office = getattr(message.notification.event.office, "name", "") if message.who else ""
    opening = reverse("notification", args=[message.notification.public_id])
    return {
        "title": message.title,
        "said": _("%(office)s：%(sentence)s") % {"office": office, "sentence": message.text}
        if office
        else message.text,
        "why": message.why,
        "at": message.notification.at,
        "address": absolute(opening),
    }


def _subject(messages: Sequence[Message], count: int) -> str:
    if count == 1:
        said = {"title": messages[0].title, "what": messages[0].text.rstrip("。. ")}
        return _("%(title)s：%(what)s") % said
    said_of_all = {"count": count}
    return ngettext("五好：%(count)d条新消息", "五好：%(count)d条新消息", count) % said_of_all


def _application(event: Event) -> Application | None:
    kind, _slash, public_id = event.stream.partition("/")
    if kind != Application.stream_kind:
        return None
    return Application.objects.select_related("union", "district", "city").get(public_id=public_id)


def _said(event: Event, application: Application | None, webhook: Webhook, language: str) -> str:
    with translation.override(language):
        if application is None:
            return _("这是一条测试消息。")
        facts, _personal = said_of(event)
        sees_panel = webhook.office_id == application.city_id
        told = sentence(application, event, facts, sees_panel=sees_panel)
        said = {
            "number": application.number,
            "office": getattr(event.office, "name", ""),
            "sentence": told,
        }
        if not said["office"]:
            return _("%(number)s：%(sentence)s") % said
        return _("%(number)s：%(office)s%(sentence)s") % said


def _link(application: Application | None, webhook: Webhook) -> str:
    if application is None:
        return absolute(reverse("webhook", args=[webhook.office.code, webhook.public_id]))
    return absolute(reverse("review", args=[application.public_id]))
