"""The searches over events that an auditor keeps."""

import pytest
from django.urls import reverse

from accreditation.models import EventSearch
from accreditation.services.event_searches import MOST, save_event_search
from tests import factories as make
from tests.page import parse
from workflows.models import Event

pytestmark = pytest.mark.django_db
LIST = "/audit/search/kept/"


@pytest.fixture
def user():
    return make.member(make.city(), "audit", username="auditor")


def names() -> list[str]:
    return list(EventSearch.objects.values_list("name", flat=True))


def test_a_search_is_kept_under_a_name_and_found_again(signed_in, user):
    client = signed_in(user)
    query = "words=%E6%9D%90%E6%96%99+%E9%BD%90%E5%85%A8&action=recommend&since=2026-09-01&below=on&junk=1"
    answer = client.post(reverse("event-search-save"), {"name": " 齐全 ", "query": query})
    kept = EventSearch.objects.get()
    assert (kept.name, kept.query) == (
        "齐全",
        "words=%E6%9D%90%E6%96%99+%E9%BD%90%E5%85%A8&below=on&action=recommend&since=2026-09-01",
    )
    assert answer["Location"] == f"{reverse('event-search')}?{kept.query}"
    page = parse(client.get(answer["Location"]))
    assert "已保存“齐全”" in page.one(".w-told").words
    assert page.one("[name=words]")["value"] == "材料 齐全"
    assert [link.words for link in parse(client.get(LIST)).all("a.name")] == ["齐全"]


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", "action=read", "填写名称"),
        ("长" * 41, "action=read", "名称不超过40字"),
        ("齐全", "action=grant", "已有同名的条件，换一个名称。"),
        ("全部", "", "先填写检索的条件，再保存。"),
        ("坏的", "since=x", "先填写检索的条件，再保存。"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(signed_in, user, name, query, said):
    save_event_search(by=user, name="齐全", query="action=read")
    answer = signed_in(user).post(reverse("event-search-save"), {"name": name, "query": query})
    page = parse(answer)
    assert (answer.status_code, page.one(".w-errors li").words, names()) == (422, said, ["齐全"])
    assert page.one("#id_name").get("value") == (name or None)


def test_only_so_many_are_kept(signed_in, user):
    for number in range(MOST):
        save_event_search(by=user, name=f"第{number}", query="action=read")
    answer = signed_in(user).post(reverse("event-search-save"), {"name": "再一个", "query": "action=read"})
    assert (answer.status_code, len(names())) == (422, MOST)


def test_one_is_renamed_but_not_as_another_is_called(signed_in, user):
    one = save_event_search(by=user, name="甲", query="action=read")
    save_event_search(by=user, name="乙", query="action=grant")
    client, address = signed_in(user), reverse("event-search-kept", args=[one.public_id])
    assert client.post(address, {"name": "乙"}).status_code == 422
    assert client.post(address, {"name": "丙"})["Location"] == LIST
    assert sorted(names()) == ["丙", "乙"]


def test_one_is_deleted_and_taken_back(signed_in, user):
    one = save_event_search(by=user, name="甲", query="action=read")
    client = signed_in(user)
    gone = client.post(reverse("event-search-delete", args=[one.public_id]), follow=True)
    assert (names(), parse(gone).one(".w-note").words) == ([], "已删除“甲” 恢复")
    back = client.post(reverse("event-search-restore"), follow=True)
    assert ([*EventSearch.objects.values_list("name", "query")], back.status_code) == (
        [("甲", "action=read")],
        200,
    )
    assert "已恢复“甲”" in parse(back).one(".w-told").words
    assert client.post(reverse("event-search-restore"), follow=True).status_code == 200
    assert names() == ["甲"]


def test_those_of_others_are_not_there(signed_in, user):
    other = make.member(make.city(), "audit", username="other")
    theirs = save_event_search(by=other, name="甲", query="action=read")
    client = signed_in(user)
    for name in ("event-search-kept", "event-search-delete"):
        assert client.post(reverse(name, args=[theirs.public_id]), {"name": "乙"}).status_code == 404
    assert client.get(reverse("event-search-kept", args=[theirs.public_id])).status_code == 404
    assert (names(), parse(client.get(LIST)).all("a.name")) == (["甲"], [])


def test_keeping_searches_is_no_event(signed_in, user):
    before = Event.objects.count()
    client = signed_in(user)
    client.post(reverse("event-search-save"), {"name": "甲", "query": "action=read"})
    client.post(reverse("event-search-delete", args=[EventSearch.objects.get().public_id]))
    assert Event.objects.count() == before
