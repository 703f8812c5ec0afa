"""Deliveries to a real receiver: signed, tried again with growing pauses, and never into our own network."""

import json
import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accreditation.models import User
from tests import factories
from tests.factories import AT
from tests.web_server import Receiver, web_server
from workflows.engine import record
from workflows.models import Delivery, Event, Webhook
from workflows.notifications import addresses, webhooks
from workflows.notifications.addresses import NotAllowed, target
from workflows.notifications.webhooks import deliver, signature

pytestmark = pytest.mark.django_db
HERE = "tests.workflows.test_notifications_webhooks"
MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The worker is gone."""


def body(event: Event, webhook: Webhook) -> dict[str, str]:
    """Return a body with more than ASCII."""
    return {"event": f"{event.stream}#{event.sequence}", "said": "推荐"}


@pytest.fixture(autouse=True)
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    settings.WEBHOOK_SCHEMES = ("http", "https")
    settings.NOTIFICATION_BODY = f"{HERE}.body"
    with web_server() as receiver:
        yield receiver


def hook(url: str, name: str = "群") -> Webhook:
    user = User.objects.filter(username="manager").first() or User.objects.create_user("manager")
    return Webhook.objects.create(
        office=factories.city(), name=name, url=url, secret="geheim", made_by=user, made_at=AT
    )


def due(to: Webhook, count: int = 1, at: datetime = AT) -> list[Delivery]:
    city = factories.city()
    events = [record(city, "told", by=factories.SYSTEM, at=at, office=city) for _number in range(count)]
    return [Delivery.objects.create(webhook=to, event=event, due_at=at) for event in events]


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def test_a_delivery_is_posted_once_signed_and_with_what_a_receiver_needs(receiver: Receiver) -> None:
    delivery = due(hook(receiver.url + "?key=a%20b&x=1"))[0]
    assert (deliver(AT), deliver(AT + MINUTE)) == (1, 0)
    post = receiver.posts[0]
    assert json.loads(post.body) == {
        "event": f"{delivery.event.stream}#{delivery.event.sequence}",
        "said": "推荐",
    }
    assert "推荐" in post.body.decode()
    timestamp = str(int(AT.timestamp()))
    assert {
        name: value for name, value in post.headers.items() if name.startswith(("X-", "Content-Type", "Host"))
    } == {
        "Host": f"127.0.0.1:{receiver.port}",
        "Content-Type": "application/json; charset=utf-8",
        "X-Wuhao-Delivery": str(delivery.public_id),
        "X-Wuhao-Timestamp": timestamp,
        "X-Wuhao-Signature": signature("geheim", timestamp, post.body),
    }
    assert post.path == "/hook?key=a%20b&x=1"
    assert len(receiver.posts) == 1
    assert (fresh(delivery).delivered_at, fresh(delivery).attempts, fresh(delivery).answer) == (AT, 1, "204")


def test_what_is_not_accepted_is_tried_again_with_growing_pauses_and_given_up_after_three_days(
    receiver: Receiver,
) -> None:
    receiver.answer = 500
    delivery = due(hook(receiver.url))[0]
    at, pauses = AT, []
    while fresh(delivery).given_up_at is None:
        assert deliver(at) == 0
        assert deliver(fresh(delivery).due_at - MINUTE / 2) == 0
        pauses.append((fresh(delivery).due_at - at) // MINUTE)
        at = fresh(delivery).due_at
    assert pauses[:-1] == [1, 5, 30, 120, *[720] * 6]
    assert fresh(delivery).answer == "500"
    assert len(receiver.posts) == fresh(delivery).attempts == 11
    assert deliver(at + timedelta(days=9)) == 0


def test_a_receiver_that_comes_back_gets_everything(receiver: Receiver) -> None:
    receiver.answer = 503
    to = hook(receiver.url)
    due(to, 5)
    assert deliver(AT) == 0
    assert len(receiver.posts) == 1  # the others wait with it
    receiver.answer = 200
    assert deliver(AT + MINUTE) == 5


def test_a_receiver_that_fails_holds_up_no_other(receiver: Receiver, monkeypatch: Any) -> None:
    monkeypatch.setattr(webhooks, "MOST", 3)
    due(hook("http://127.0.0.1:9/", "dead"), 10)
    good = due(hook(receiver.url), 2)
    deliver(AT)
    assert deliver(AT) == 2
    assert [fresh(one).answer for one in good] == ["204", "204"]


@pytest.mark.parametrize(
    ("answer", "code"), [("slow", "timeout"), ("drip", "timeout"), ("hang up", "broken"), (404, "404")]
)
def test_bad_answers_are_told_apart(
    answer: int | str, code: str, receiver: Receiver, monkeypatch: Any
) -> None:
    monkeypatch.setattr(addresses, "TIMEOUT", 0.5)
    monkeypatch.setattr(addresses, "DEADLINE", 1.0)
    receiver.answer = answer
    delivery = due(hook(receiver.url))[0]
    assert deliver(AT) == 0
    assert fresh(delivery).answer == code


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer, receiver.location = 302, receiver.url + "/elsewhere"
    delivery = due(hook(receiver.url))[0]
    deliver(AT)
    assert ([post.path for post in receiver.posts], fresh(delivery).answer) == (["/hook"], "302")


def test_a_receiver_without_tls_behind_https_is_not_spoken_to(receiver: Receiver) -> None:
    delivery = due(hook(receiver.url.replace("http:", "https:")))[0]
    deliver(AT)
    assert (receiver.posts, fresh(delivery).answer) == ([], "tls")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_while_posting_posts_again_after_the_pause(
    when: str, receiver: Receiver, monkeypatch: Any
) -> None:
    delivery = due(hook(receiver.url))[0]
    post = webhooks.post

    def killed(*args: Any) -> None:
        if when == "after":
            post(*args)
        raise Killed

    monkeypatch.setattr(webhooks, "post", killed)
    with pytest.raises(Killed):
        deliver(AT)
    monkeypatch.setattr(webhooks, "post", post)
    assert fresh(delivery).delivered_at is None
    assert deliver(AT + MINUTE) == 1
    assert len(receiver.posts) == (2 if when == "after" else 1)
    assert len({one.headers["X-Wuhao-Delivery"] for one in receiver.posts}) == 1


def test_of_two_runners_one_makes_the_attempt(receiver: Receiver) -> None:
    delivery = due(hook(receiver.url))[0]
    assert webhooks._begin(fresh(delivery), AT) is True
    assert webhooks._begin(delivery, AT) is False
    assert deliver(AT) == 0
    assert deliver(AT + MINUTE) == 1


def test_an_ended_webhook_gets_nothing(receiver: Receiver) -> None:
    to = hook(receiver.url)
    due(to)
    Webhook.objects.update(ended_at=AT)
    assert deliver(AT) == 0
    assert receiver.posts == []


def test_a_body_that_cannot_be_made_up_holds_up_no_other(receiver: Receiver, settings: Any) -> None:
    settings.NOTIFICATION_BODY = f"{HERE}.hook"  # cannot be called so
    delivery = due(hook(receiver.url))[0]
    assert deliver(AT) == 0
    assert fresh(delivery).answer == "broken"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.1.2.3/", "private"),
        ("http://192.168.0.1:8080/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://100.64.0.1/", "private"),
        ("http://0.0.0.0/", "private"),
        ("http://224.0.0.1/", "private"),
        ("http://[::1]/", "private"),
        ("http://[fe80::1]/", "private"),
        ("http://[fd00::1]/", "private"),
        ("http://[::ffff:10.0.0.1]/", "private"),
        ("http://[64:ff9b::a00:1]/", "private"),
        ("http://[2002:a00:1::]/", "private"),
        ("http://2130706433/", "loopback"),
        ("http://127.1/", "loopback"),
        ("ftp://93.184.216.34/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("http:///path", "unreadable"),
        ("http://user:pass@93.184.216.34/", "unreadable"),
        ("http://93.184.216.34:99999/", "unreadable"),
        ("http://[half/", "unreadable"),
        ("http://no-such-host.invalid/", "unknown"),
    ],
)
def test_only_public_addresses_are_allowed(url: str, code: str, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    with pytest.raises(NotAllowed) as refusal:
        target(url)
    assert refusal.value.code == code.replace("loopback", "private")


def test_a_public_address_is_allowed_and_plain_http_is_not(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS, settings.WEBHOOK_SCHEMES = [], ("https",)
    to = target("https://93.184.216.34/a?b=c")
    assert (str(to.address), to.port, to.path, to.host_header) == (
        "93.184.216.34",
        443,
        "/a?b=c",
        "93.184.216.34",
    )
    with pytest.raises(NotAllowed) as refusal:
        target("http://93.184.216.34/")
    assert refusal.value.code == "scheme"


def test_a_name_is_refused_when_one_of_its_addresses_is_private(settings: Any, monkeypatch: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    found = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
    with pytest.raises(NotAllowed) as refusal:
        target("http://two.example/")
    assert refusal.value.code == "private"


def test_the_connection_is_made_to_the_address_that_was_checked(receiver: Receiver, monkeypatch: Any) -> None:
    """A name that answers otherwise when it is asked a second time leads nowhere: it is not asked."""
    asked, real = [], socket.getaddrinfo

    def resolve(host: str, *args: Any, **named: Any) -> Any:
        if host == "hook.example":
            asked.append(host)
            host = "127.0.0.1"
        return real(host, *args, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    due(hook(f"http://hook.example:{receiver.port}/hook"))
    assert deliver(AT) == 1
    assert asked == ["hook.example"]
    assert receiver.posts[0].headers["Host"] == f"hook.example:{receiver.port}"


def test_an_address_that_has_become_private_is_not_posted_to(receiver: Receiver, settings: Any) -> None:
    delivery = due(hook(receiver.url))[0]
    settings.WEBHOOK_NETWORKS = []
    assert deliver(AT) == 0
    assert (receiver.posts, fresh(delivery).answer) == ([], "private")


def test_the_check_in_the_handbook_knows_what_is_genuine(receiver: Receiver) -> None:
    text = Path("docs/webhooks.md").read_text()
    handbook: dict[str, Any] = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], handbook)  # type: ignore[index]
    is_genuine = handbook["is_genuine"]
    due(hook(receiver.url))
    deliver(AT)
    post, now = receiver.posts[0], AT.timestamp()
    assert is_genuine("geheim", post.headers, post.body, now) is True
    assert is_genuine("another", post.headers, post.body, now) is False
    assert is_genuine("geheim", post.headers, post.body + b" ", now) is False
    assert is_genuine("geheim", post.headers, post.body, now + 301) is False
    assert is_genuine("geheim", {**post.headers, "X-Wuhao-Timestamp": "1"}, post.body, 1) is False
