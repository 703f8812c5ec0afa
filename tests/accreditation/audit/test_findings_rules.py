"""疑点: what each rule finds, and what it must not find."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from accreditation.queries.findings.agreement import CHANCE, Tally, stands_out
from accreditation.services import applications, batch, cycles, offices, panel, ranking, review, tasks
from accreditation.services.declarations import declare
from accreditation.services.recusals import recuse
from accreditation.services.site_visits import Content, add_visit
from accreditation.services.substitutions import substitute
from accreditation.states import Level, State
from tests import factories as make
from tests.accreditation.audit.looking import found_by, words
from workflows.actors import SYSTEM, Substitute
from workflows.models import Event

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATE = make.AT + 20 * DAY


def act(service, application, by, at=LATE, **facts):
    """Let somebody take a decision with a reason; return the application as it then is."""
    service(application, by=by, at=at, expected_version=application.version, reason="说明在此。", **facts)
    return make.fresh(application)


def several(state, names, who=None):
    return [make.application_in(state, who=who, leader_name=name) for name in names]


def give_card(application, expert, marks, at):
    panel.score(
        application, by=expert, at=at, expected_version=application.version, judged=marks,
        comments=dict.fromkeys(marks, "说明"),
    )  # fmt: skip
    return make.fresh(application)


# ── far_score ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_far_from_the_others_is_found_when_the_scoring_ends_and_one_within_the_limits_is_not():
    who = make.cast()
    fourth = make.expert(username="expert4")
    application = make.application_in(State.PANEL_SCORING, replace(who, experts=[*who.experts, fourth]))
    full, at = make.full_marks(), LATE
    far = dict.fromkeys(full, Decimal(0))
    near = full | {"leader.results": full["leader.results"] - 1}
    for expert, marks in zip([*who.experts, fourth], (full, near, near, far), strict=True):
        application = give_card(application, expert, marks, at)
    card = application.scorecards.get(expert=fourth)
    panel.discuss(
        application, by=who.city_decider, at=at, expected_version=application.version, finding="已逐项说明。",
        cards=[card.public_id],
    )  # fmt: skip
    assert found_by("far_score") == []
    panel.conclude(application, by=who.city_decider, at=at, expected_version=application.version)
    [finding] = found_by("far_score")
    assert (finding.person, finding.office) == (fourth, who.city)
    discussed = Event.objects.get(stream=application.stream, action="discuss")
    assert finding.facts["events"] == [[application.stream, discussed.sequence]]
    row = words(finding)
    assert row.headline == "评分比其他专家低59分"
    assert row.reason.startswith("姓名expert4给40分，比其余各卡的中位数低59分，共4张评分卡。相差较大的：")
    assert row.reason.endswith("结束评分前已经合议。")


# ── always_agrees ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("here", "elsewhere", "expected"),
    [
        (Tally(5, 0), Tally(1, 4), True),
        (Tally(4, 0), Tally(0, 50), False),  # too few
        (Tally(50, 1), Tally(0, 50), False),  # once against
        (Tally(5, 0), Tally(0, 4), False),  # too few to compare with
        (Tally(5, 0), Tally(50, 10), False),  # as friendly to the others
        (Tally(30, 0), Tally(50, 10), True),  # but not for so long
    ],
)
def test_agreement_stands_out_where_it_is_unlikely_by_what_is_decided_elsewhere(here, elsewhere, expected):
    assert stands_out(here, elsewhere) is expected


def test_the_share_that_agreement_is_compared_with_leaves_room_for_small_numbers():
    assert (Tally(0, 4).share, Tally(1, 4).share) == (Fraction(1, 6), Fraction(2, 7))
    assert Tally(1, 4).share ** 5 < CHANCE


def test_who_always_agrees_with_one_enterprise_and_seldom_with_others_is_found_once():
    who = make.cast()
    other = make.enterprise("YB-E2", "重庆仪表公司", who.union)
    theirs = replace(who, enterprise=other, applicant=make.member(other, "apply", username="other"))
    for application in several(State.ENTERPRISE_REVIEW, [f"张{number}" for number in range(5)], theirs):
        act(review.send_back, application, who.union_decider)
    favoured = several(State.ENTERPRISE_REVIEW, [f"王{number}" for number in range(6)])
    for application in favoured[:4]:
        act(review.recommend, application, who.union_decider)
    assert found_by("always_agrees") == []
    act(review.recommend, favoured[4], who.union_decider, LATE + DAY)
    act(review.recommend, favoured[5], who.union_decider, LATE + 2 * DAY)
    [finding] = found_by("always_agrees")
    assert (finding.person, finding.office) == (who.union_decider, who.union)
    assert (finding.application, len(finding.facts["events"])) == (favoured[4], 4)
    assert words(finding).headline == "对同一单位的5件全部同意"
    assert words(finding).reason == (
        "姓名union_decider对重庆金山科技公司的5件从未退回或者不予推荐；对其他单位的5件中，5件退回或者不予推荐。"
    )


# ── outside_cycle, reopened ──────────────────────────────────────────────────────────────────────────────


def test_decisions_before_the_opening_and_after_the_last_term_are_found_and_those_within_are_not():
    within, early, late = several(State.DISTRICT_REVIEW, ["王金山", "张毅", "周亚平"])
    who = make.cast()
    opens, closes = who.cycle.opens_at, who.cycle.closes_at
    settings = {"opens_at": LATE, "closes_at": closes, "quorum": 3, "review_days": 10, "notice_days": 5}
    cycles.change_cycle(who.cycle, by=SYSTEM, at=LATE - 3 * DAY, **settings)
    act(review.recommend, early, who.district_decider, LATE - 2 * DAY)
    cycles.change_cycle(who.cycle, by=SYSTEM, at=LATE - DAY, **settings | {"opens_at": opens})
    act(review.recommend, within, who.district_decider, closes + 20 * DAY)  # 2 terms of 10 working days
    act(review.recommend, late, who.district_decider, closes + 40 * DAY)
    found = found_by("outside_cycle")
    assert [(one.application, words(one).headline) for one in found] == [
        (early, "批次开始之前作出决定"),
        (late, "超出批次的办理期限作出决定"),
    ]
    assert "批次于2026年9月21日10:00开始受理" in words(found[0]).reason
    assert "最迟应于2027年1月30日0:00之前办完" in words(found[1]).reason.replace("00:00", "0:00")


def test_a_closing_that_is_put_off_after_it_has_passed_is_found_and_one_put_off_in_time_is_not():
    who = make.cast()
    closes = who.cycle.closes_at
    changed = {"opens_at": who.cycle.opens_at}
    cycles.change_cycle(who.cycle, by=who.city_decider, at=closes - DAY, closes_at=closes + DAY, **changed)
    assert found_by("reopened") == []
    cycles.change_cycle(
        who.cycle, by=who.city_decider, at=closes + 2 * DAY, closes_at=closes + 9 * DAY, **changed
    )
    [finding] = found_by("reopened")
    assert (finding.person, finding.office, finding.cycle) == (who.city_decider, who.city, who.cycle)
    assert finding.application is None
    assert words(finding).reason == (
        "批次已于2027年1月2日00:00截止受理，姓名city_decider于2027年1月3日00:00将截止时间改为2027年1月10日00:00。"
    )


# ── two_levels, turned_round ─────────────────────────────────────────────────────────────────────────────


def test_who_worked_on_an_application_at_two_levels_is_found_once_and_who_only_claimed_it_is_not():
    application, claimed = several(State.DISTRICT_REVIEW, ["王金山", "张毅"])
    who = make.cast()
    mover = make.member(who.district, "review", "decide", username="mover")
    visit = Content(make.AT.date(), "文静", "设备在用。", [])
    add_visit(application, visit, by=mover, at=application.state_since + DAY)
    tasks.claim(claimed, by=mover, at=claimed.state_since + DAY)
    tasks.release(claimed, by=mover, at=claimed.state_since + DAY)
    for one in (application, claimed):
        act(review.recommend, one, who.district_decider, LATE - 2 * DAY)
    offices.end_membership(who.district, mover, by=SYSTEM, at=LATE - DAY)
    make.member(who.city, "decide", username="mover")
    for one in (application, claimed):
        act(review.send_back, make.fresh(one), mover, LATE)
    [finding] = found_by("two_levels")
    assert (finding.application, finding.person, finding.office) == (application, mover, who.city)
    assert words(finding).reason == (
        "姓名mover（本人或者由代理人）先在区县或产业工会经手这一件（考察），又在市总工会经手（退回补正）。"
    )


def test_a_refusal_taken_back_and_turned_into_a_recommendation_is_found_and_one_repeated_is_not():
    turned, mended = several(State.DISTRICT_REVIEW, ["王金山", "张毅"])
    who = make.cast()
    for one in (turned, mended):
        refused = act(review.reject if one == turned else review.send_back, one, who.district_decider, LATE)
        if one == turned:
            taken_back = act(review.recall, refused, who.district_decider, LATE + DAY)
            act(review.recommend, taken_back, who.district_decider, LATE + 2 * DAY)
        else:
            applications.submit(refused, by=who.applicant, at=LATE + DAY, expected_version=refused.version)
            act(review.recommend, make.fresh(refused), who.district_decider, LATE + 2 * DAY)
    [finding] = found_by("turned_round")
    assert (finding.application, finding.person) == (turned, who.district_decider)
    assert len(finding.facts["events"]) == 2
    assert "决定不予推荐，拿回之后，姓名district_decider于" in words(finding).reason


# ── quota_raised, passed_over ────────────────────────────────────────────────────────────────────────────


def test_a_quota_raised_once_it_was_full_and_used_beyond_is_found_and_one_raised_before_is_not():
    full, spare = make.cast(), make.cast("other")
    full_ones = several(State.DISTRICT_REVIEW, ["王金山", "张毅"])
    spare_ones = several(State.DISTRICT_REVIEW, ["王金山", "张毅"], spare)
    for who in (full, spare):
        make.quota(full.cycle, who.district, 1)
    cycles.set_quota(full.cycle, spare.district, 2, by=full.city_decider, at=LATE)
    act(review.recommend, full_ones[0], full.district_decider)
    cycles.set_quota(full.cycle, full.district, 2, by=full.city_decider, at=LATE + DAY)
    assert found_by("quota_raised") == []
    act(review.recommend, full_ones[1], full.district_decider, LATE + 2 * DAY)
    for one in spare_ones:
        act(review.recommend, one, spare.district_decider, LATE + 2 * DAY)
    [finding] = found_by("quota_raised")
    assert (finding.application, finding.person, finding.office) == (
        full_ones[1], full.city_decider, full.district,
    )  # fmt: skip
    assert words(finding).headline == "名额用完后由1追加到2"
    assert "这一件是第2件推荐，超出原来的名额。" in words(finding).reason


def test_a_place_that_was_given_back_before_the_quota_was_raised_is_not_counted():
    who = make.cast()
    first, second, third = several(State.DISTRICT_REVIEW, ["王金山", "张毅", "周亚平"])
    make.quota(who.cycle, who.district, 1)
    act(review.recommend, first, who.district_decider, LATE)
    act(review.recall, make.fresh(first), who.district_decider, LATE + DAY)
    cycles.set_quota(who.cycle, who.district, 2, by=who.city_decider, at=LATE + 2 * DAY)
    for one in (second, third):
        act(review.recommend, one, who.district_decider, LATE + 3 * DAY)
    assert found_by("quota_raised") == []


def test_a_recommendation_past_somebody_who_waits_is_found_and_one_in_the_same_batch_is_not():
    who = make.cast()
    first, second, third, fourth = several(State.DISTRICT_REVIEW, ["王金山", "张毅", "周亚平", "张永忠"])
    order = [one.public_id for one in (first, second, third, fourth)]
    ranking.rank(who.cycle, who.district, order, by=who.district_decider, at=LATE, expected_version=0)
    act(review.send_back, first, who.district_decider, LATE + DAY)  # not here any more: not passed over
    act(review.recommend, third, who.district_decider, LATE + 2 * DAY)
    items = [batch.Item(one, one.version, "同意推荐。") for one in (fourth, second)]
    batch.carry_out("recommend", items, by=who.district_decider, at=LATE + 3 * DAY)
    [finding] = found_by("passed_over")
    assert (finding.application, finding.office) == (third, who.district)
    assert words(finding).reason == (
        f"这一件在推荐排序中列第3位，姓名district_decider推荐时，排在前面的1件仍在等待推荐：{second.number}。"
    )


# ── interests ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_interest_declared_after_a_decision_is_found_and_one_declared_before_is_not():
    who = make.cast()
    decided, untouched = several(State.DISTRICT_REVIEW, ["王金山", "张毅"])
    act(review.recommend, decided, who.district_decider, LATE)
    for person in (who.district_decider, who.district_reviewer):
        declare(who.cycle, interests={who.enterprise: "配偶任职"}, by=person, at=LATE + DAY)
    [finding] = found_by("interest_late")
    assert (finding.application, finding.person) == (decided, who.district_decider)
    assert finding.happened_at == LATE + DAY
    assert words(finding).headline == "决定之后才申明利害关系"
    act(review.send_back, untouched, make.member(who.district, "decide", username="third"), LATE + DAY)
    assert len(found_by("interest_late")) == 1


def test_who_recuses_after_a_decision_is_found_and_who_recuses_before_is_not():
    who = make.cast()
    application = act(review.recommend, make.application_in(State.DISTRICT_REVIEW), who.district_decider)
    application = act(review.return_to_level, application, who.city_decider, LATE + DAY, level=Level.DISTRICT)
    for person in (who.district_decider, who.district_reviewer):
        recuse(application, by=person, at=LATE + 2 * DAY, reason="亲属关系。")
    assert [(one.person, words(one).headline) for one in found_by("interest_late")] == [
        (who.district_decider, "决定之后才回避")
    ]


def test_an_interest_that_was_taken_off_before_a_decision_is_found_also_where_somebody_stood_in():
    who = make.cast()
    own, by_substitute, others = several(State.DISTRICT_REVIEW, ["王金山", "张毅", "周亚平"])
    for at, interests in ((LATE, {who.enterprise: "配偶任职"}), (LATE + DAY, {})):
        declare(who.cycle, interests=interests, by=who.district_decider, at=at)
    stand_in = make.member(who.district, "review", username="stand-in")
    day = (LATE + 2 * DAY).date()
    substitute(
        who.district, principal=who.district_decider, substitute=stand_in, starts_on=day, ends_on=day,
        by=who.district_decider, at=LATE + DAY,
    )  # fmt: skip
    at = LATE + 2 * DAY
    act(review.recommend, own, who.district_decider, at)
    act(review.recommend, by_substitute, Substitute(stand_in, who.district_decider, at), at)
    act(review.send_back, others, who.district_reviewer, at)
    assert [(one.application, one.person) for one in found_by("interest_dropped")] == [
        (own, who.district_decider),
        (by_substitute, who.district_decider),
    ]


# ── grant_one_day ────────────────────────────────────────────────────────────────────────────────────────


def test_a_grant_given_and_taken_on_one_day_is_found_with_what_it_was_used_for_and_one_kept_overnight_is_not():
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    manager = make.member(who.district, "manage", username="manager")
    guest, colleague = (make.member(who.district, username=name) for name in ("guest", "colleague"))
    for user, until in ((guest, timedelta(hours=3)), (colleague, timedelta(hours=20))):
        offices.set_grants(who.district, user, {"review"}, by=manager, at=LATE)
        if user == guest:
            act(review.send_back, application, guest, LATE + timedelta(hours=1))
        offices.set_grants(who.district, user, set(), by=manager, at=LATE + until)
    [finding] = found_by("grant_one_day")
    assert (finding.person, finding.office, finding.application) == (guest, who.district, None)
    assert finding.facts["people"] == [str(manager.public_id)]
    assert words(finding).reason == (
        "姓名guest在渝北区总工会的“审核”权限于2026年9月21日10:00授予，2026年9月21日13:00收回。"
        "由姓名manager办理。其间办理了1项。"
    )
