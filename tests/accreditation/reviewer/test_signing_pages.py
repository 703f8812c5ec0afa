"""The pages of signing: ask for signatures, sign, change a round, see what came of it; and who sees none of it."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.queries.timeline import entries
from accreditation.services import review, signing
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.signers import agree, colleagues, disagree, opened
from tests.accreditation.reviewer.test_review import decision, text
from tests.page import parse
from workflows.models import SigningRound, Substitution
from workflows.signing import Terms
from workflows.works import open_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return make.application_in(State.DISTRICT_REVIEW)


def holder():
    return make.cast().district_decider


def page(application, round_=None, act=""):
    return f"/review/{application.public_id}/signing/{round_.public_id if round_ else 'new'}/{act}"


def review_page(application):
    return f"/review/{application.public_id}/"


def asking(*signers, **changes):
    """The form of a new round as a browser sends it."""
    chosen = {"signers": [str(one.public_id) for one in signers], "placement": "before", "mode": "all"}
    return chosen | {"way": "at_once", "note": "请核对效益。", "threshold": "", "quorum": ""} | changes


def told(response):
    return "".join(str(message) for message in get_messages(response.wsgi_request))


def buttons(response):
    """The words of the buttons and links that act on a round."""
    found = parse(response).all("main form button")
    return [button.words for button in found]


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_review_page_leads_to_asking_for_signatures(signed_in, application):
    assert page(application) in signed_in(holder()).get(review_page(application)).content.decode()


def test_a_round_is_asked_for_and_its_page_shown(signed_in, application):
    first, second = colleagues(2)
    client = signed_in(holder())
    shown = client.get(page(application))
    assert shown.status_code == 200
    assert [one["candidate"].user.name for one in shown.context["form"].rows][-2:] == ["甲", "乙"]
    response = client.post(page(application), asking(first, second))
    round_ = SigningRound.objects.get()
    assert (response.status_code, response.url) == (302, page(application, round_))
    assert "甲、乙签署通过后，您再作决定。" in told(response)
    shown = text(client.get(response.url))
    assert "正在会签等待甲、乙签署。通过之前不能作决定。" in shown
    assert "会签，全部同意才通过" in shown
    assert "请核对效益。" in shown


def test_numbers_put_the_signers_in_order_and_those_without_come_last(signed_in, application):
    first, second, third = colleagues()
    order = {f"order-{first.public_id}": "2", f"order-{third.public_id}": "1"}
    signed_in(holder()).post(page(application), asking(first, second, third, way="in_order", **order))
    round_ = SigningRound.objects.get()
    assert [one.signer.name for one in round_.signatures.all()] == ["丙", "甲", "乙"]


def test_nothing_typed_is_lost_when_the_form_needs_mending(signed_in, application):
    (first,) = colleagues(1)
    response = signed_in(holder()).post(page(application), asking(first, mode="vote", threshold="3"))
    shown = parse(response)
    assert (response.status_code, SigningRound.objects.count()) == (422, 0)
    assert "签署人1名，同意票数不能更多。" in text(response)
    assert shown.one("title").words.startswith("有误：")
    assert (shown.one("#id_threshold")["value"], shown.one("textarea").words) == ("3", "请核对效益。")
    assert [one["value"] for one in shown.all("input[name=signers][checked]")] == [str(first.public_id)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signers": []}, "选择签署人，至少1名"),
        ({"signers": ["not-a-person"]}, "这个人现在不能选，重新选择"),
        ({"mode": "none"}, "选择怎样算通过"),
        ({"placement": ""}, "选择何时签署"),
        ({"mode": "vote"}, "填写同意票数，至少1票。"),
        ({"mode": "vote", "threshold": "-1"}, "填写整数，如2"),
        ({"mode": "any", "quorum": "100000"}, "填写整数，如2"),
    ],
)
def test_what_is_missing_is_said(signed_in, application, changes, words):
    (first,) = colleagues(1)
    response = signed_in(holder()).post(page(application), asking(first, **changes))
    assert response.status_code == 422
    assert words in text(response)


def test_where_another_holds_the_work_the_page_says_so_and_nothing_is_written(signed_in, application):
    (first,) = colleagues(1)
    client = signed_in(make.cast().district_reviewer)
    opened(application, [first], placement="after")
    assert f"这一件由{holder().name}认领" in text(client.get(page(application)))
    assert client.post(page(application), asking(holder())).status_code == 409
    assert SigningRound.objects.count() == 1


def test_where_only_before_is_possible_only_that_is_offered(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    make.member(make.cast().city, "decide", name="乙")
    response = signed_in(make.cast().city_decider).get(page(application))
    assert [one["value"] for one in parse(response).all("input[name=placement]")] == ["before"]


def test_without_a_colleague_the_page_says_so(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    assert "没有可以签署的人" in text(signed_in(make.cast().city_decider).get(page(application)))


# ── Signing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signer_finds_the_form_on_the_review_page_and_signs(signed_in, application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second])
    client = signed_in(first)
    shown = client.get(review_page(application))
    assert "签署" in [one.words for one in parse(shown).all("#sign form button")]
    response = client.post(page(application, round_, "sign/"), {"verdict": "agree", "opinion": "属实。"})
    assert (response.status_code, response.url) == (302, "/desk/")
    assert "已签署：同意" in told(response)
    assert not parse(client.get(review_page(application))).all("#sign form")
    assert "属实。" in text(client.get(page(application, round_)))


def test_the_desk_of_a_signer_shows_the_signature_asked_for(signed_in, application):
    (first,) = colleagues(1)
    opened(application, [first])
    row = [
        one for one in parse(signed_in(first).get("/desk/?show=mine")).all("tbody tr") if "签署" in one.words
    ]
    assert len(row) == 1


def test_a_disagreement_without_an_opinion_is_asked_for_on_the_rounds_page(signed_in, application):
    (first,) = colleagues(1)
    round_ = opened(application, [first])
    response = signed_in(first).post(
        page(application, round_, "sign/"), {"verdict": "disagree", "opinion": ""}
    )
    assert response.status_code == 422
    assert "不同意时写明意见" in text(response)
    assert parse(response).one("input[value=disagree]").get("checked") is not None
    assert signed_in(first).post(page(application, round_, "sign/"), {}).status_code == 422


def test_a_disagreement_that_ends_the_round_names_whose_it_is(signed_in, application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second])
    response = signed_in(first).post(
        page(application, round_, "sign/"), {"verdict": "disagree", "opinion": "没有凭证。"}
    )
    assert "会签未通过，由此结束。" in told(response)
    for address in (review_page(application), page(application, round_)):
        shown = text(signed_in(holder()).get(address))
        assert "会签未通过甲不同意。" in shown
    assert "没有凭证。" in text(signed_in(holder()).get(page(application, round_)))


@pytest.mark.parametrize("grants", [(), ("review",)])
def test_a_substitute_signs_for_the_principal_and_the_page_says_so(signed_in, application, grants):
    (first,) = colleagues(1)
    other = make.member(make.cast().district, *grants, name="代签人")
    Substitution.objects.create(
        office=make.cast().district,
        principal=first,
        substitute=other,
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=1),
        made_by=first,
        made_at=NOW,
    )
    round_ = opened(application, [first])
    client = signed_in(other)
    assert "代甲签署" in text(client.get(review_page(application)))
    client.post(page(application, round_, "sign/"), {"verdict": "agree"})
    assert "代签人代签" in text(client.get(page(application, round_)))


def test_signing_twice_or_uninvited_is_refused_and_the_opinion_kept(signed_in, application):
    first, second = colleagues(2)
    other = make.cast().district_reviewer
    round_ = opened(application, [first, second])
    agree(application, round_, first)
    again = signed_in(first).post(
        page(application, round_, "sign/"), {"verdict": "agree", "opinion": "再签。"}
    )
    assert (again.status_code, "再签。" in text(again)) == (409, True)
    uninvited = signed_in(other).post(page(application, round_, "sign/"), {"verdict": "agree"})
    assert uninvited.status_code == 403


# ── After the decision ───────────────────────────────────────────────────────────────────────────────────


def test_a_decision_with_a_round_after_it_is_said_to_wait(signed_in, application):
    (first,) = colleagues(1)
    round_ = opened(application, [first], placement="after")
    client = signed_in(holder())
    assert "决定之后会签" in text(client.get(review_page(application)))
    response = client.post(review_page(application) + "decide/", decision(application, "recommend"))
    assert (response.status_code, response.url) == (302, page(application, round_))
    assert "决定已提交签署" in told(response)
    assert "“推荐”在通过后生效" in text(client.get(review_page(application)))
    response = signed_in(first).post(page(application, round_, "sign/"), {"verdict": "agree"})
    assert "会签已通过。" in told(response)
    assert make.fresh(application).state == "city_intake"


def test_no_decision_is_offered_while_signatures_are_waited_for(signed_in, application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second])
    for user in (holder(), first, second):
        assert signed_in(user).get(review_page(application)).context["form"] is None
    agree(application, round_, first, second)
    assert "recommend" in signed_in(holder()).get(review_page(application)).context["form"].decisions


def test_after_a_refused_round_nothing_favourable_is_offered_until_another_is_planned(signed_in, application):
    first, second = colleagues(2)
    disagree(application, opened(application, [first]), first)
    client = signed_in(holder())
    offered = client.get(review_page(application)).context["form"].decisions
    assert list(offered) == ["send_back", "return_to_enterprise", "reject"]
    opened(application, [second], placement="after")
    assert "recommend" in client.get(review_page(application)).context["form"].decisions


# ── Changing ─────────────────────────────────────────────────────────────────────────────────────────────


def test_signers_are_added_and_taken_away_on_the_rounds_page(signed_in, application):
    first, second = colleagues(2)
    round_ = opened(application, [first])
    client = signed_in(holder())
    response = client.post(page(application, round_, "add/"), {"signer": str(second.public_id)})
    assert (response.status_code, "已增加签署人乙" in told(response)) == (302, True)
    response = client.post(page(application, round_, "remove/"), {"signer": str(second.public_id)})
    assert "已减去签署人乙" in told(response)
    response = client.post(page(application, round_, "remove/"), {"signer": str(first.public_id)})
    assert "没有签署人，会签已取消。" in told(response)
    assert "会签已取消" in text(client.get(page(application, round_)))
    assert open_work(application).hold == ""


def test_what_cannot_be_added_or_taken_away_is_said(signed_in, application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second], "vote", threshold=2)
    client = signed_in(holder())
    for signer in (str(first.public_id), "nobody", ""):
        assert client.post(page(application, round_, "add/"), {"signer": signer}).status_code == 422
    response = client.post(page(application, round_, "remove/"), {"signer": str(first.public_id)})
    assert (response.status_code, "达不到通过条件" in text(response)) == (422, True)
    for signer in (str(holder().public_id), "nobody", ""):
        assert client.post(page(application, round_, "remove/"), {"signer": signer}).status_code == 404


def test_the_terms_are_changed_on_the_rounds_page(signed_in, application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second])
    client = signed_in(holder())
    terms = {"mode": "vote", "threshold": "5", "quorum": "", "way": "at_once"}
    assert client.post(page(application, round_, "change/"), terms).status_code == 422
    response = client.post(page(application, round_, "change/"), terms | {"threshold": "1"})
    assert "已更改通过条件" in told(response)
    assert "票签，1票同意即通过" in text(client.get(page(application, round_)))


def test_cancelling_leads_back_to_the_application(signed_in, application):
    (first,) = colleagues(1)
    round_ = opened(application, [first])
    client = signed_in(holder())
    response = client.post(page(application, round_, "cancel/"))
    assert (response.url, "已取消加签" in told(response)) == (review_page(application), True)
    assert "正在会签" not in text(client.get(review_page(application)))
    assert client.post(page(application, round_, "cancel/")).status_code == 409


def test_the_buttons_of_change_are_there_for_who_may_press_them_only(signed_in, application):
    first, second = colleagues(2)
    other = make.cast().district_reviewer
    round_ = opened(application, [first, second])
    agree(application, round_, first)
    changing = ["减签 乙", "加签", "更改", "取消加签"]
    assert buttons(signed_in(holder()).get(page(application, round_))) == changing
    assert buttons(signed_in(second).get(page(application, round_))) == ["签署"]
    assert buttons(signed_in(other).get(page(application, round_))) == []
    for act in ("cancel/", "remove/", "add/", "change/"):
        sent = {"signer": str(second.public_id), "mode": "any", "way": "at_once"}
        sent |= {"signer": str(holder().public_id)} if act == "add/" else {}
        assert signed_in(other).post(page(application, round_, act), sent).status_code == 403


def test_who_can_no_longer_sign_is_marked(signed_in, application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second])
    first.is_active = False
    first.save()
    assert "不再有办理这一环节的权限" in text(signed_in(holder()).get(page(application, round_)))


# ── Who sees it ──────────────────────────────────────────────────────────────────────────────────────────


def addresses(application, round_):
    acts = ("sign/", "add/", "remove/", "change/", "cancel/")
    return [page(application), *(page(application, round_, act) for act in acts)]


@pytest.mark.parametrize("who", ["applicant", "other-district_decider"])
def test_outside_the_scope_nothing_is_there(signed_in, application, who):
    make.cast("other")
    (first,) = colleagues(1)
    round_ = opened(application, [first])
    client = signed_in(make.user(who))
    for address in addresses(application, round_):
        assert client.post(address).status_code == 404
    assert client.get(page(application, round_)).status_code == 404


def test_the_round_of_another_office_or_application_is_not_there(signed_in, application):
    (first,) = colleagues(1)
    round_ = opened(application, [first])
    other = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    assert signed_in(holder()).get(page(other, round_)).status_code == 404
    for who in (make.cast().union_decider, make.cast().city_decider):
        client = signed_in(who)
        assert client.get(page(application, round_)).status_code == 404
        assert client.post(page(application, round_, "sign/"), {"verdict": "agree"}).status_code == 404
        assert str(round_.public_id) not in client.get(review_page(application)).content.decode()


def test_posting_addresses_lead_back_to_the_page_when_they_are_opened(signed_in, application):
    round_ = opened(application, colleagues(1))
    assert signed_in(holder()).get(page(application, round_, "sign/")).url == "../"


def sentences(application, user):
    told = entries(make.fresh(application), user)
    return [(one.actor, one.text, one.said) for one in told if one.at >= NOW and one.action != "claim"]


def test_the_timeline_tells_every_step_to_the_office_and_to_auditors_only(application):
    first, second, third = colleagues()
    me = holder().name
    round_ = opened(application, [first, second], note="请核对。")
    signing.add_signer(application, round_, by=holder(), at=NOW, signer=third)
    terms = Terms("vote", threshold=2, quorum=2)
    signing.change_terms(application, round_, by=holder(), at=NOW, terms=terms, in_order=True)
    signing.remove_signer(application, round_, by=holder(), at=NOW, signer=third)
    agree(application, round_, first)
    disagree(application, round_, second, opinion="没有凭证。")
    again = opened(application, [second])
    signing.cancel_round(application, again, by=holder(), at=NOW)
    expected = [
        (me, "加签，作决定前由甲、乙签署（会签，全部同意才通过）。", "请核对。"),
        (me, "增加签署人丙。", ""),
        (me, "更改通过条件：票签，2票同意即通过，至少2人签署，按次序签署。", ""),
        (me, "减去签署人丙。", ""),
        ("甲", "签署：同意。", ""),
        ("乙", "签署：不同意。会签未通过，由此结束。", "没有凭证。"),
        (me, "加签，作决定前由乙签署（会签，全部同意才通过）。", ""),
        (me, "取消加签。", ""),
    ]
    assert sentences(application, make.cast().district_reviewer) == expected
    assert sentences(application, make.member(make.cast().city, "audit")) == expected
    for who in ("applicant", "union_decider", "city_decider"):
        assert sentences(application, make.user(who)) == []


def test_the_timeline_tells_a_decision_that_waited_and_one_that_lapsed(application):
    (first,) = colleagues(1)
    for lapses in (True, False):
        round_ = opened(application, [first], placement="after")
        review.recommend(
            application,
            by=holder(),
            at=NOW,
            expected_version=make.fresh(application).version,
            reason="同意推荐。",
        )
        make.quota(make.cast().cycle, make.cast().district, places=0 if lapses else 5)
        agree(application, round_, first)
        make.quota(make.cast().cycle, make.cast().district, places=5)
    me = holder().name
    asked = (me, "加签，作出决定后由甲签署（会签，全部同意才通过）。", "")
    proposed = (me, "拟作决定：推荐，签署通过后生效。", "同意推荐。")
    signed = ("甲", "签署：同意。会签通过。", "")
    lapsed = (
        "",
        "会签已通过，但“推荐”没有生效，这一件回到办理人。",
        "名额0，已推荐0，再推荐1件将超出1件。",
    )
    done = (me, "推荐，依据第1版。", "同意推荐。")
    assert sentences(application, holder()) == [
        asked,
        proposed,
        signed,
        lapsed,
        asked,
        proposed,
        signed,
        done,
    ]
    assert sentences(application, make.cast().applicant) == [done]


def test_pages_cost_the_same_however_many_sign(signed_in, application):
    def cost(address):
        client = signed_in(holder())
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    one = make.member(make.cast().district, "review")
    round_ = opened(application, [one])
    few = [cost(page(application)), cost(page(application, round_)), cost(review_page(application))]
    for _number in range(29):
        signer = make.member(make.cast().district, "review")
        signing.add_signer(application, round_, by=holder(), at=NOW, signer=signer)
        make.member(make.cast().district, "review")
    many = [cost(page(application)), cost(page(application, round_)), cost(review_page(application))]
    assert many == few
