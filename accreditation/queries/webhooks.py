"""The webhooks of an office, and what became of their deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Application, Organisation
from accreditation.states import ActionWord
from workflows.models import Delivery, Webhook

ANSWERS: Mapping[str, str | Promise] = {
    "timeout": gettext_lazy("对方没有按时答复"),
    "tls": gettext_lazy("对方的证书不能验证"),
    "refused": gettext_lazy("对方拒绝连接"),
    "broken": gettext_lazy("连接中断"),
    "scheme": gettext_lazy("地址不是https"),
    "unreadable": gettext_lazy("地址不完整"),
    "unknown": gettext_lazy("找不到对方的主机"),
    "private": gettext_lazy("地址指向本机或内网"),
}
"""Why there was no answer, by the codes of `workflows.notifications.addresses`."""


@dataclass(frozen=True)
class Row:
    """A delivery as the page shows it: what it tells of, and how it stands."""

    delivery: Delivery
    what: str
    standing: str  # done, waiting, failing or given_up
    answer: str
    due_at: datetime | None

    @property
    def may_send_again(self) -> bool:
        """Whether it makes sense to send it once more: it is not about to be sent anyway."""
        return self.standing != "waiting"


def webhooks_of(office: Organisation) -> QuerySet[Webhook]:
    """Return the office's webhooks, those that have ended last; `is_failing`: something could not be delivered."""
    stuck = Delivery.objects.filter(webhook=OuterRef("pk"), delivered_at=None, attempts__gt=0)
    return (
        Webhook.objects.filter(office=office)
        .select_related("made_by")
        .annotate(is_failing=Exists(stuck))
        .order_by("ended_at", "pk")
    )


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """Return the deliveries of a webhook, the newest first."""
    return Delivery.objects.filter(webhook=webhook).select_related("event", "webhook").order_by("-pk")


def rows(deliveries: list[Delivery]) -> list[Row]:
    """Put deliveries into words. One query for the numbers of their applications."""
    streams = {one.event.stream.partition("/")[2] for one in deliveries if _is_of_application(one)}
    numbers = dict(Application.objects.filter(public_id__in=streams).values_list("public_id", "number"))
    named = {str(public_id): number for public_id, number in numbers.items()}
    return [_row(one, named) for one in deliveries]


def host_of(webhook: Webhook) -> str:
    """Return the host of a webhook's address: what follows it may be a key, and is not shown."""
    return urlsplit(webhook.url).hostname or ""


def _row(delivery: Delivery, numbers: Mapping[str, str]) -> Row:
    event = delivery.event
    word = ActionWord(event.action).label if event.action in ActionWord.values else _("测试")
    number = numbers.get(event.stream.partition("/")[2], "")
    what = _("%(number)s：%(action)s") % {"number": number, "action": word} if number else str(word)
    standing = _standing(delivery)
    return Row(
        delivery=delivery,
        what=what,
        standing=standing,
        answer=_answer(delivery.answer),
        due_at=delivery.due_at if standing in {"waiting", "failing"} else None,
    )


def _standing(delivery: Delivery) -> str:
    if delivery.delivered_at:
        return "done"
    if delivery.given_up_at:
        return "given_up"
    return "failing" if delivery.attempts else "waiting"


def _answer(code: str) -> str:
    if code.isdigit():
        return _("对方答复%(code)s") % {"code": code}
    return str(ANSWERS.get(code, ""))


def _is_of_application(delivery: Delivery) -> bool:
    return delivery.event.stream.startswith(f"{Application.stream_kind}/")
