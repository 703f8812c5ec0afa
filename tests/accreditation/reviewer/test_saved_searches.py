"""The searches of the desk that somebody keeps: their own alone, at most twenty, and never an error on the desk."""

import pytest

from accreditation.models import SavedSearch
from accreditation.services import saved_searches as services
from accreditation.states import State
from tests import factories as make
from tests.page import parse
from workflows.refusals import NotReady

pytestmark = pytest.mark.django_db
DESK, SEARCHES, SAVE = "/desk/", "/desk/searches/", "/desk/searches/save/"


@pytest.fixture
def client(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    return signed_in(make.user("district_decider"))


def kept():
    return list(SavedSearch.objects.values_list("name", "query"))


def test_the_present_search_is_kept_under_a_name_and_stands_over_the_list(client):
    form = parse(client.get(DESK, {"q": "金山", "show": "free"})).one(".w-kept form")
    assert form.one("[name=query]")["value"] == "q=%E9%87%91%E5%B1%B1&show=free"
    answer = client.post(SAVE, {"query": form.one("[name=query]")["value"], "name": "金山的"}, follow=True)
    assert answer.redirect_chain == [("/desk/?q=%E9%87%91%E5%B1%B1&show=free", 302)]
    assert kept() == [("金山的", "q=%E9%87%91%E5%B1%B1&show=free")]
    link = parse(answer).one(".w-kept a[aria-current]")
    assert (link.words, link["href"]) == ("金山的", "/desk/?q=%E9%87%91%E5%B1%B1&show=free")


def test_without_a_condition_there_is_nothing_to_keep(client):
    assert parse(client.get(DESK)).all(".w-kept") == []


def test_what_no_desk_understands_is_not_kept(client):
    client.post(SAVE, {"query": "show=overdue&stage=nowhere&x=1&page=7", "name": "逾期"})
    assert kept() == [("逾期", "show=overdue")]


def test_an_old_search_that_means_nothing_any_more_shows_the_desk(client):
    user = make.user("district_decider")
    SavedSearch.objects.create(user=user, name="旧的", query="stage=gone&show=%00&cycle=1999&order=size")
    link = parse(client.get(DESK)).all(".w-kept p a")[0]
    answer = client.get(link["href"])
    assert [row.application.studio.leader_name for row in answer.context["rows"]] == ["王金山"]


def test_a_name_is_asked_for_and_used_once(client):
    for name, error in (("", "填写名称"), ("长" * 41, "名称不超过40字")):
        answer = client.post(SAVE, {"query": "show=mine", "name": name})
        assert (answer.status_code, error in answer.content.decode()) == (422, True)
    client.post(SAVE, {"query": "show=mine", "name": "我的"})
    answer = client.post(SAVE, {"query": "show=free", "name": "我的"})
    assert (answer.status_code, "已有同名的条件" in answer.content.decode()) == (422, True)
    assert parse(answer).one("main [name=query]")["value"] == "show=free"
    assert kept() == [("我的", "show=mine")]


def test_at_most_twenty_are_kept():
    user = make.cast().district_decider
    for number in range(services.MOST):
        services.save_search(by=user, name=f"第{number}", query="show=mine")
    with pytest.raises(NotReady, match="最多保存20个"):
        services.save_search(by=user, name="再一个", query="show=mine")
    services.save_search(by=make.user("district_reviewer"), name="第1", query="show=mine")
    assert SavedSearch.objects.count() == services.MOST + 1


def test_one_is_renamed_and_deleted(client):
    client.post(SAVE, {"query": "show=mine", "name": "我的"})
    client.post(SAVE, {"query": "show=free", "name": "未认领"})
    own = SavedSearch.objects.get(name="我的")
    address = f"{SEARCHES}{own.public_id}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "未认领"}).status_code == 422
    assert client.post(address, {"name": "在我手里"}).headers["Location"] == SEARCHES
    assert kept() == [("在我手里", "show=mine"), ("未认领", "show=free")]
    answer = client.post(f"{address}delete/", follow=True)
    assert "已删除“在我手里”" in answer.content.decode()
    assert kept() == [("未认领", "show=free")]


def test_anybody_elses_is_not_found(client, signed_in):
    client.post(SAVE, {"query": "show=mine", "name": "我的"})
    address = f"{SEARCHES}{SavedSearch.objects.get().public_id}/"
    other = signed_in(make.user("district_reviewer"))
    assert "我的" not in parse(other.get(SEARCHES)).one("main").words
    assert [other.get(address).status_code, other.post(address, {"name": "x"}).status_code] == [404, 404]
    assert other.post(f"{address}delete/").status_code == 404
    assert kept() == [("我的", "show=mine")]
    for user in (make.user("applicant"),):
        assert [signed_in(user).get(one).status_code for one in (SEARCHES, address)] == [404, 404]
        assert signed_in(user).post(SAVE, {"query": "", "name": "x"}).status_code == 404


def test_the_page_without_any_says_how_to_keep_one(client):
    assert "还没有常用条件" in client.get(SEARCHES).content.decode()
