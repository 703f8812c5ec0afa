"""The webhooks of an office on its pages: added, tested, ended, and what they are sent."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.queries.office import sentences
from accreditation.services import tasks
from accreditation.services import webhooks as services
from accreditation.states import State
from tests import factories as make
from tests.accreditation.notifications.conftest import NOW
from tests.web_server import web_server
from workflows.models import Delivery, Event, Webhook
from workflows.notifications.fan_out import fan_out
from workflows.notifications.webhooks import deliver, signature
from workflows.refusals import NotPermitted, NotReady, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def receiver(settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    settings.WEBHOOK_SCHEMES = ("http", "https")
    settings.BASE_URL = "https://wuhao.example.org"
    with web_server() as receiver:
        yield receiver


@pytest.fixture
def manager():
    make.cast(), make.cast("other")
    return make.member(make.district(), "manage", username="manager", name="何秋")


def add(receiver, manager, office=None, at=make.AT, name="工作群"):
    return services.add_webhook(office or make.district(), name=name, url=receiver.url, by=manager, at=at)


def at_office(name, *args):
    return reverse(name, args=["YB", *args])


def test_a_manager_adds_one_and_sees_the_secret_once(receiver, manager, signed_in):
    client = signed_in(manager)
    assert "还没有推送地址" in client.get(at_office("webhooks")).content.decode()
    answer = client.post(at_office("webhook-new"), {"name": "工作群", "url": receiver.url})
    hook = Webhook.objects.get()
    assert (hook.office, hook.name, hook.url, hook.made_by) == (
        make.district(),
        "工作群",
        receiver.url,
        manager,
    )
    assert hook.secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    for address in (at_office("webhooks"), at_office("webhook", hook.public_id), at_office("office")):
        page = client.get(address).content.decode()
        assert hook.secret not in page
        assert receiver.url not in page
    event = Event.objects.get(action="add_webhook")
    assert sentences([event])[0].sentence == "何秋添加推送地址“工作群”（127.0.0.1）"
    assert "/hook" not in event.body


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://10.0.0.1/x", "只能填写公网地址"),
        ("http://localhost:5432/", "只能填写公网地址"),
        ("http://no-such-host.invalid/", "找不到这个地址的主机"),
        ("gopher://93.184.216.34/", "填写完整的地址"),
        ("", "填写地址"),
    ],
)
def test_an_address_that_is_not_allowed_is_refused_beside_its_field(url, words, manager, signed_in, settings):
    settings.WEBHOOK_NETWORKS = []
    answer = signed_in(manager).post(at_office("webhook-new"), {"name": "工作群", "url": url})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Webhook.objects.exists()


def test_the_same_address_twice_and_more_than_ten_are_refused(receiver, manager):
    add(receiver, manager)
    with pytest.raises(NotReady, match="已经添加"):
        add(receiver, manager)
    for number in range(9):
        receiver_url = f"{receiver.url}/{number}"
        services.add_webhook(make.district(), name="群", url=receiver_url, by=manager, at=NOW)
    with pytest.raises(NotReady, match="最多10个"):
        services.add_webhook(make.district(), name="群", url=f"{receiver.url}/x", by=manager, at=NOW)


def test_nobody_but_managers_has_these_pages(receiver, manager, signed_in):
    hook = add(receiver, manager).webhook
    delivery = services.try_webhook(hook, by=manager, at=NOW)
    pages = [
        at_office("webhooks"),
        at_office("webhook-new"),
        at_office("webhook", hook.public_id),
        at_office("webhook-end", hook.public_id),
    ]
    forms = [
        at_office("webhook-test", hook.public_id),
        at_office("delivery-again", hook.public_id, delivery.public_id),
        at_office("webhook-end", hook.public_id),
    ]
    elsewhere = make.member(make.cast("other").district, "manage", username="elsewhere")
    for user in (make.cast().district_decider, elsewhere):
        client = signed_in(user)
        assert [client.get(page).status_code for page in pages] == [404] * 4
        assert [client.post(form).status_code for form in forms] == [404] * 3
    other = signed_in(elsewhere)
    theirs = reverse("webhook", args=["other-YB", hook.public_id])
    assert other.get(theirs).status_code == 404
    with pytest.raises(NotPermitted):
        services.end_webhook(hook, by=elsewhere, at=NOW)
    assert Webhook.objects.get().ended_at is None


def test_an_enterprise_has_none(manager, signed_in):
    boss = make.member(make.enterprise(), "manage", username="boss")
    assert signed_in(boss).get(reverse("webhooks", args=["YB-E"])).status_code == 404
    assert "消息推送" not in signed_in(boss).get(reverse("office", args=["YB-E"])).content.decode()


def test_a_test_is_sent_and_its_answer_shown(receiver, manager, signed_in):
    added = add(receiver, manager)
    client = signed_in(manager)
    page = at_office("webhook", added.webhook.public_id)
    answer = client.post(at_office("webhook-test", added.webhook.public_id), follow=True)
    assert "等待发送" in answer.content.decode()
    fan_out(NOW)
    assert deliver(NOW) == 1
    post = receiver.posts[0]
    assert json.loads(post.body) == {
        "event": f"{make.district().stream}#{Event.objects.get(action='test_webhook').sequence}",
        "action": "test_webhook",
        "at": NOW.isoformat(timespec="seconds"),
        "office": "渝北区总工会",
        "number": "",
        "sentence": {"zh": "这是一条测试消息。", "en": json.loads(post.body)["sentence"]["en"]},
        "link": f"https://wuhao.example.org{page}",
    }
    stamp = post.headers["X-Wuhao-Timestamp"]
    assert post.headers["X-Wuhao-Signature"] == signature(added.secret, stamp, post.body)
    shown = client.get(page).content.decode()
    assert "已送达" in shown
    assert "对方答复204" in shown


def test_an_office_gets_what_happens_to_its_applications_without_names_or_reasons(receiver, manager):
    add(receiver, manager)
    other = make.member(make.cast("other").district, "manage", username="elsewhere")
    far = add(receiver, other, make.cast("other").district).webhook
    application = make.application_in(State.DISTRICT_REVIEW)
    fan_out(NOW)
    deliver(NOW)
    bodies = [json.loads(post.body) for post in receiver.posts]
    assert [body["action"] for body in bodies] == ["submit", "recommend"]
    last = bodies[-1]
    assert (last["office"], last["number"]) == ("金山科技工会", application.number)
    assert last["sentence"]["zh"] == f"{application.number}：金山科技工会推荐，依据第1版。"
    assert last["link"] == f"https://wuhao.example.org/review/{application.public_id}/"
    whole = json.dumps(bodies, ensure_ascii=False)
    for personal in ("符合条件", "王金山", make.user("union_decider").name):
        assert personal not in whole
    assert not Delivery.objects.filter(webhook=far).exists()


def test_what_an_office_does_among_its_own_people_stays_there(receiver, manager):
    at_district = add(receiver, manager).webhook
    chief = make.member(make.city(), "manage", username="chief")
    at_city = add(receiver, chief, make.city()).webhook
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    tasks.claim(application, by=who.district_reviewer, at=NOW)
    tasks.transfer(application, by=who.district_reviewer, to=who.district_decider, at=NOW, note="出差。")
    scored = make.application_in(State.CITY_DECISION, leader_name="张永忠")
    fan_out(NOW)

    def got(hook, of):
        rows = Delivery.objects.filter(webhook=hook, event__stream=of.stream).order_by("event")
        return list(rows.values_list("event__action", flat=True))

    assert got(at_district, application) == ["submit", "recommend", "transfer"]
    assert got(at_city, application) == ["submit", "recommend"]
    assert "score" in got(at_city, scored)
    assert "score" not in got(at_district, scored)


def test_an_ended_webhook_is_asked_about_first_and_gets_nothing_more(receiver, manager, signed_in):
    hook = add(receiver, manager).webhook
    client = signed_in(manager)
    assert "停用“工作群”" in client.get(at_office("webhook-end", hook.public_id)).content.decode()
    answer = client.post(at_office("webhook-end", hook.public_id), follow=True)
    assert "已停用“工作群”" in answer.content.decode()
    make.application_in(State.DISTRICT_REVIEW)
    fan_out(NOW)
    assert (deliver(NOW), Delivery.objects.count()) == (0, 0)
    assert client.post(at_office("webhook-test", hook.public_id)).status_code == 409
    with pytest.raises(WrongState):
        services.end_webhook(hook, by=manager, at=NOW)


def test_what_failed_can_be_sent_again(receiver, manager, signed_in):
    hook = add(receiver, manager).webhook
    delivery = services.try_webhook(hook, by=manager, at=NOW)
    receiver.answer = 500
    deliver(NOW)
    client = signed_in(manager)
    page = client.get(at_office("webhook", hook.public_id)).content.decode()
    assert "未送达，还会再发" in page
    assert "对方答复500" in page
    assert "有未送达的" in client.get(at_office("webhooks")).content.decode()
    receiver.answer = 200
    client.post(at_office("delivery-again", hook.public_id, delivery.public_id))
    assert deliver(NOW) == 1
    assert "已送达" in client.get(at_office("webhook", hook.public_id)).content.decode()


@pytest.mark.parametrize("name", ["webhook", "webhooks"])
def test_the_pages_cost_the_same_at_1_and_at_30_rows(name, receiver, manager, signed_in):
    hook = add(receiver, manager).webhook
    client = signed_in(manager)
    address = at_office(name, *([hook.public_id] if name == "webhook" else []))

    def cost():
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    make.application_in(State.DISTRICT_REVIEW, leader_name="王0")
    fan_out(NOW)
    one = cost()
    for number in range(1, 15):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    for number in range(9):
        url = f"{receiver.url}/{number}"
        services.add_webhook(make.district(), name="群", url=url, by=manager, at=NOW)
    fan_out(NOW)
    assert cost() == one
