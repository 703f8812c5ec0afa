"""加签, 减签, 会签, 或签, 票签: rounds of signatures through the services."""

from datetime import timedelta

import pytest

from accreditation import bars
from accreditation.models import Interest
from accreditation.services import applications, offices, review, signing, tasks
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.signers import agree, colleagues, disagree, opened, words
from workflows.actors import SYSTEM, Substitute
from workflows.models import Event, Recusal, Signature, SigningRound, Substitution, Task
from workflows.refusals import NotPermitted, NotReady, Stale, WrongState
from workflows.signing import Plan, Terms
from workflows.working_days import deadline
from workflows.works import open_tasks, open_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return make.application_in(State.DISTRICT_REVIEW)


def holder():
    return make.cast().district_decider


def asked(application):
    """The names of those whose signature is waited for."""
    tasks = open_tasks(application).filter(kind="signature").order_by("pk")
    return [task.assignee.name for task in tasks]


def hold(application):
    return open_work(application).hold


def decide(application, service=review.recommend, by=None, **facts):
    return service(
        application,
        by=by or holder(),
        at=NOW,
        expected_version=make.fresh(application).version,
        reason="同意推荐。",
        **facts,
    )


def acts(application, *besides):
    stream = Event.objects.filter(stream=application.stream, at__gte=NOW).order_by("sequence")
    return [event.action for event in stream if event.action not in besides]


def state_of(round_):
    return SigningRound.objects.get(pk=round_.pk).state


def stand_in(substitute, principal, starts=-1, ends=1):
    """Let somebody stand in for another at the district, around NOW."""
    Substitution.objects.create(
        office=make.cast().district,
        principal=principal,
        substitute=substitute,
        starts_at=NOW + timedelta(days=starts),
        ends_at=NOW + timedelta(days=ends),
        made_by=principal,
        made_at=NOW,
    )
    return Substitute(substitute, principal, NOW)


# ── Before the decision ──────────────────────────────────────────────────────────────────────────────────


def test_a_round_before_the_decision_claims_the_work_holds_it_and_asks_everybody(application):
    signers = colleagues()
    round_ = opened(application, signers, note="请核对效益。")
    work = open_work(application)
    assert (work.assignee, work.hold, round_.state) == (holder(), "signing", "open")
    assert asked(application) == ["甲", "乙", "丙"]
    assert acts(application) == ["claim", "open_signing"]
    tasks = Task.objects.filter(part_of=work)
    assert {(one.kind, one.office, one.stage, one.note) for one in tasks} == {
        ("signature", work.office, "district_review", "请核对效益。")
    }
    assert {one.due_at for one in tasks} == {min(work.due_at, deadline(NOW, application.cycle.review_days))}


def test_a_decision_waits_for_the_round_and_names_whom(application):
    opened(application, colleagues(2))
    for service in (review.recommend, review.reject, review.send_back):
        with pytest.raises(NotPermitted) as refusal:
            decide(application, service)
        assert refusal.value.reason == "正在等待甲、乙签署，会签结束或取消后才能办理。"


def test_passed_it_gives_the_work_back_and_the_decision_is_free(application):
    signers = colleagues(2)
    round_ = opened(application, signers)
    agree(application, round_, *signers)
    assert (state_of(round_), hold(application), asked(application)) == ("passed", "", [])
    assert decide(application).action == "recommend"


def test_a_disagreement_ends_it_at_once_and_holds_back_what_is_favourable(application):
    first, second, third = colleagues()
    round_ = opened(application, [first, second, third])
    agree(application, round_, first)
    disagree(application, round_, second)
    assert (state_of(round_), hold(application), asked(application)) == ("refused", "refused", [])
    outcomes = Task.objects.filter(signature__round=round_).order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["agree", "disagree", "lapsed"]
    with pytest.raises(NotPermitted, match="会签未通过"):
        decide(application)
    with pytest.raises(WrongState, match="已经结束"):
        agree(application, round_, third)
    assert decide(application, review.send_back).action == "send_back"


def test_a_new_round_after_a_refused_one_frees_the_work_when_it_passes(application):
    first, second = colleagues(2)
    disagree(application, opened(application, [first]), first)
    again = opened(application, [second])
    assert hold(application) == "signing"
    agree(application, again, second)
    assert hold(application) == ""
    assert decide(application).action == "recommend"


def test_neither_cancelling_a_refused_round_nor_a_later_one_takes_the_refusal_away(application):
    first, second = colleagues(2)
    refused = opened(application, [first])
    disagree(application, refused, first)
    with pytest.raises(WrongState, match="已经结束"):
        signing.cancel_round(application, refused, by=holder(), at=NOW)
    later = opened(application, [second])
    signing.cancel_round(application, later, by=holder(), at=NOW)
    assert (state_of(later), hold(application)) == ("cancelled", "refused")


def test_any_passes_with_the_first_and_a_vote_with_enough(application):
    signers = colleagues()
    round_ = opened(application, signers, "any")
    agree(application, round_, signers[2])
    assert state_of(round_) == "passed"
    vote = opened(application, signers, "vote", threshold=2)
    disagree(application, vote, signers[0])
    agree(application, vote, signers[1])
    assert state_of(vote) == "open"
    agree(application, vote, signers[2])
    assert state_of(vote) == "passed"


def test_a_quorum_is_waited_for(application):
    signers = colleagues()
    round_ = opened(application, signers, "any", quorum=2)
    agree(application, round_, signers[0])
    assert (state_of(round_), asked(application)) == ("open", ["乙", "丙"])
    disagree(application, round_, signers[1])
    assert state_of(round_) == "passed"


def test_in_order_each_is_asked_when_the_one_before_has_signed(application):
    first, second, third = colleagues()
    round_ = opened(application, [third, first, second], in_order=True)
    assert asked(application) == ["丙"]
    with pytest.raises(WrongState, match="按次序签署，现在轮到丙"):
        agree(application, round_, first)
    agree(application, round_, third)
    assert asked(application) == ["甲"]
    agree(application, round_, first, second)
    assert state_of(round_) == "passed"


# ── Who signs ────────────────────────────────────────────────────────────────────────────────────────────


def test_who_cannot_be_asked_is_named_with_the_reason(application):
    district, enterprise = make.cast().district, make.cast().enterprise
    own = make.member(district, "review", name="同单位")
    offices.add_member(enterprise, own, by=SYSTEM, at=NOW)
    interested = make.member(district, "review", name="有关系")
    declaration = interested.declarations.get()
    Interest.objects.create(declaration=declaration, enterprise=enterprise)
    recused = make.member(district, "review", name="回避者")
    Recusal.objects.create(subject=application, user=recused, office=district, at=NOW)
    stranger = make.cast("other").district_reviewer
    manager = make.member(district, "manage", name="管理员")
    with pytest.raises(NotReady) as refusal:
        opened(application, [own, interested, recused, stranger, manager])
    assert words(refusal.value) == [
        f"同单位：{bars.words_about('own')}。",
        f"有关系：{bars.words_about('interest')}。",
        f"回避者：{bars.words_about('recused')}。",
        f"{stranger.name}：没有办理这一件的权限。",
        "管理员：没有办理这一件的权限。",
    ]
    assert (acts(application), hold(application), open_work(application).assignee) == ([], "", None)


def test_nobody_is_asked_who_was_deactivated_who_asks_or_twice(application):
    gone, there = colleagues(2)
    gone.is_active = False
    gone.save()
    for signers, said in (
        ([gone], "甲：没有办理这一件的权限。"),
        ([holder()], f"{holder().name}办理这一件，不能再作签署人。"),
        ([there, there], "同一人在一轮中只签一次。"),
        ([], "选择签署人，至少1名。"),
    ):
        with pytest.raises(NotReady) as refusal:
            opened(application, signers)
        assert words(refusal.value) == [said]


def test_numbers_that_do_not_fit_are_refused(application):
    with pytest.raises(NotReady) as refusal:
        opened(application, colleagues(2), "vote", threshold=3, quorum=4)
    assert [problem.field for problem in refusal.value.problems] == ["threshold", "quorum"]


def test_who_has_not_declared_yet_can_be_asked_but_not_sign(application):
    (signer,) = colleagues(1)
    signer.declarations.all().delete()
    round_ = opened(application, [signer])
    with pytest.raises(NotPermitted) as refusal:
        agree(application, round_, signer)
    assert refusal.value.code == "undeclared"


@pytest.mark.parametrize("loss", ["grant", "recusal", "account"])
def test_who_may_no_longer_act_cannot_sign_and_can_be_removed(application, loss):
    first, second = colleagues(2)
    round_ = opened(application, [first, second])
    if loss == "grant":
        offices.set_grants(make.cast().district, first, set(), by=SYSTEM, at=NOW)
    elif loss == "recusal":
        Recusal.objects.create(subject=application, user=first, office=make.cast().district, at=NOW)
    else:
        first.is_active = False
        first.save()
    with pytest.raises(NotPermitted):
        agree(application, round_, first)
    signing.remove_signer(application, round_, by=holder(), at=NOW, signer=first)
    agree(application, round_, second)
    assert state_of(round_) == "passed"


def test_deactivating_a_signer_loses_no_history(application):
    (signer,) = colleagues(1)
    round_ = opened(application, [signer])
    agree(application, round_, signer)
    signer.is_active = False
    signer.save()
    place = Signature.objects.get(round=round_)
    assert (place.signed_by.name, place.verdict) == ("甲", "agree")
    assert Event.objects.filter(stream=application.stream, action="sign", actor=signer).count() == 1


def test_nobody_signs_who_was_not_asked_or_twice_or_without_a_word_of_disagreement(application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second])
    other = make.member(make.cast().district, "review")
    with pytest.raises(NotPermitted, match="您不在这一轮的签署人之中"):
        agree(application, round_, other)
    with pytest.raises(NotReady) as refusal:
        disagree(application, round_, first, opinion=" ")
    assert words(refusal.value) == ["不同意时写明意见"]
    with pytest.raises(NotReady):
        signing.sign(application, round_, by=first, at=NOW, verdict="")
    agree(application, round_, first)
    with pytest.raises(WrongState, match="甲已经签署"):
        disagree(application, round_, first)


def test_a_substitute_signs_on_the_principals_place_and_is_named(application):
    first, second = colleagues(2)
    other = make.member(make.cast().district, "review", name="代签人")
    round_ = opened(application, [first, second])
    agree(application, round_, stand_in(other, first))
    place = Signature.objects.get(round=round_, signer=first)
    assert (place.signed_by, place.verdict) == (other, "agree")
    event = Event.objects.get(stream=application.stream, action="sign")
    assert (event.actor, f'"for":"user/{first.public_id}"' in event.body) == (other, True)
    with pytest.raises(WrongState, match="甲已经签署"):
        agree(application, round_, first)


def test_the_same_person_never_counts_twice(application):
    first, second, third = colleagues()
    round_ = opened(application, [first, second])
    with pytest.raises(NotPermitted, match="您自己也在这一轮签署"):
        agree(application, round_, stand_in(first, second))
    signing.add_signer(application, round_, by=holder(), at=NOW, signer=third)
    other = make.member(make.cast().district, "review")
    agree(application, round_, stand_in(other, second))
    with pytest.raises(NotPermitted, match="同一人不计两次"):
        agree(application, round_, stand_in(other, third))
    assert state_of(round_) == "open"


def test_who_asks_or_decides_does_not_sign_for_another(application):
    first, second = colleagues(2)
    round_ = opened(application, [first])
    with pytest.raises(NotPermitted, match="不能由您签署"):
        agree(application, round_, stand_in(holder(), first))
    Task.objects.filter(pk=round_.task_id).update(assignee=second)
    signing.add_signer(application, round_, by=second, at=NOW, signer=make.cast().district_reviewer)
    Task.objects.filter(pk=round_.task_id).update(assignee=first)
    with pytest.raises(NotPermitted, match="不能由您签署"):
        agree(application, round_, first)


def test_a_substitution_that_is_over_gives_no_signature(application):
    first, second = colleagues(2)
    round_ = opened(application, [first])
    with pytest.raises(NotPermitted, match="您现在不是甲的代理人"):
        agree(application, round_, stand_in(second, first, starts=-3, ends=-1))


# ── After the decision ───────────────────────────────────────────────────────────────────────────────────


def test_a_round_after_the_decision_waits_for_it_and_the_decision_for_the_round(application):
    signers = colleagues(2)
    round_ = opened(application, signers, placement="after")
    assert (round_.state, hold(application), asked(application)) == ("planned", "planned", [])
    with pytest.raises(WrongState, match="办理人作出决定后才开始签署"):
        agree(application, round_, signers[0])

    assert decide(application).action == "propose"
    assert (state_of(round_), hold(application), asked(application)) == ("open", "signing", ["甲", "乙"])
    assert make.fresh(application).state == "district_review"
    with pytest.raises(NotPermitted, match="正在等待甲、乙签署"):
        decide(application)

    agree(application, round_, *signers)
    assert (make.fresh(application).state, state_of(round_)) == ("city_intake", "passed")
    assert acts(application, "claim") == ["open_signing", "propose", "sign", "sign", "recommend"]
    done = Event.objects.get(stream=application.stream, action="recommend", office=make.cast().district)
    assert (done.actor, done.role, f'"signed":"{round_.public_id}"' in done.body) == (
        holder(),
        "decide",
        True,
    )
    assert done.personal["reason"] == "同意推荐。"


def test_what_a_return_marks_is_kept_until_it_takes_effect(application):
    (signer,) = colleagues(1)
    round_ = opened(application, [signer], placement="after")
    decide(application, review.send_back, steps=["leader"])
    agree(application, round_, signer)
    assert make.fresh(application).state == "returned_by_district"
    assert '"steps":["leader"]' in Event.objects.get(stream=application.stream, action="send_back").body


def test_what_could_not_be_decided_now_is_not_proposed(application):
    (signer,) = colleagues(1)
    round_ = opened(application, [signer], placement="after")
    make.quota(make.cast().cycle, make.cast().district, places=0)
    with pytest.raises(NotReady, match="名额0，已推荐0，再推荐1件将超出1件。"):
        decide(application)
    with pytest.raises(NotReady, match="写明理由"):
        review.reject(
            application, by=holder(), at=NOW, expected_version=make.fresh(application).version, reason=" "
        )
    with pytest.raises(Stale):
        review.recommend(application, by=holder(), at=NOW, expected_version=1, reason="同意。")
    with pytest.raises(NotPermitted, match="认领"):
        decide(application, review.send_back, by=make.cast().district_reviewer)
    assert (state_of(round_), hold(application), asked(application)) == ("planned", "planned", [])
    assert application.cycle.quotas.get(organisation=make.cast().district).used == 0


def test_a_proposal_that_is_refused_by_then_lapses_but_the_signature_stands(application):
    (signer,) = colleagues(1)
    round_ = opened(application, [signer], placement="after")
    decide(application)
    make.quota(make.cast().cycle, make.cast().district, places=0)
    agree(application, round_, signer)
    assert (make.fresh(application).state, state_of(round_), hold(application)) == (
        "district_review",
        "passed",
        "",
    )
    assert acts(application, "claim") == ["open_signing", "propose", "sign", "proposal_lapsed"]
    lapsed = Event.objects.get(stream=application.stream, action="proposal_lapsed")
    assert "名额0，已推荐0，再推荐1件将超出1件。" in lapsed.payload.content


@pytest.mark.parametrize("loss", ["grant", "substitution"])
def test_who_proposed_is_asked_for_their_permission_anew(application, loss):
    (signer,) = colleagues(1)
    by = holder()
    if loss == "substitution":
        by = stand_in(make.member(make.cast().district, "review"), holder())
    round_ = opened(application, [signer], placement="after", by=by)
    decide(application, by=by)
    if loss == "grant":
        offices.set_grants(make.cast().district, holder(), {"review"}, by=SYSTEM, at=NOW)
    else:
        Substitution.objects.update(ended_at=NOW)
    agree(application, round_, signer)
    assert (make.fresh(application).state, state_of(round_)) == ("district_review", "passed")
    assert acts(application)[-1] == "proposal_lapsed"


def test_a_substitutes_proposal_is_taken_in_the_principals_name(application):
    (signer,) = colleagues(1)
    by = stand_in(make.member(make.cast().district, "review"), holder())
    round_ = opened(application, [signer], placement="after", by=by)
    assert open_work(application).assignee == holder()
    decide(application, by=by)
    agree(application, round_, signer)
    done = Event.objects.get(stream=application.stream, action="recommend", office=make.cast().district)
    assert (done.actor, f'"for":"user/{holder().public_id}"' in done.body) == (by.user, True)


def test_nobody_signs_on_what_was_proposed_in_their_name(application):
    """Not even when the work is somebody else's by now, who asks them."""
    principal, first, standing_in = holder(), *colleagues(2)
    actor = stand_in(standing_in, principal)
    round_ = opened(application, [first], by=actor, placement="after")
    decide(application, by=actor)
    other = make.member(make.cast().district, "review", "decide", username="other", name="丁")
    manager = make.member(make.cast().district, "manage", username="manager")
    tasks.assign(application, by=manager, to=other, seen=principal, at=NOW)
    signing.add_signer(application, round_, by=other, at=NOW, signer=principal)
    with pytest.raises(NotPermitted):
        signing.sign(application, round_, by=principal, at=NOW, verdict="agree")


def test_a_refused_proposal_is_dropped(application):
    (signer,) = colleagues(1)
    round_ = opened(application, [signer], placement="after")
    decide(application)
    disagree(application, round_, signer)
    assert (make.fresh(application).state, state_of(round_), hold(application)) == (
        "district_review", "refused", "refused"
    )  # fmt: skip
    with pytest.raises(NotPermitted, match="会签未通过"):
        decide(application)


def test_a_round_planned_after_a_refused_one_lets_the_decision_be_proposed_again(application):
    first, second = colleagues(2)
    disagree(application, opened(application, [first]), first)
    again = opened(application, [second], placement="after")
    assert decide(application).action == "propose"
    agree(application, again, second)
    assert make.fresh(application).state == "city_intake"


def test_where_a_decision_has_another_page_a_round_comes_before_it_only():
    application = make.application_in(State.CITY_INTAKE)
    second = make.member(make.cast().city, "decide")
    with pytest.raises(NotReady, match="这一环节只能在决定之前加签"):
        opened(application, [second], placement="after", by=make.cast().city_decider)
    with pytest.raises(NotReady, match="没有办理这一件的权限"):
        opened(application, [make.cast().experts[0]], by=make.cast().city_decider)
    assert opened(application, [second], by=make.cast().city_decider).state == "open"


def test_at_the_city_an_expert_signs_on_what_they_have_scored():
    application = make.application_in(State.CITY_DECISION)
    expert, decider = make.cast().experts[0], make.cast().city_decider
    round_ = opened(application, [expert], by=decider)
    agree(application, round_, expert)
    assert state_of(round_) == "passed"


@pytest.mark.parametrize("state", [State.LISTED, State.NOTICE_ENDED])
def test_acts_of_the_office_on_a_whole_list_are_not_signed(state):
    application = make.application_in(state)
    with pytest.raises(WrongState, match="这一环节不加签"):
        opened(application, [make.member(make.cast().city, "decide")], by=make.cast().city_decider)


def test_who_signed_for_one_level_does_not_decide_for_another(application):
    both = make.member(make.cast().district, "review", "decide")
    round_ = opened(application, [both])
    agree(application, round_, both)
    decide(application)
    make.member(make.cast().city, "decide", username=both.username)
    with pytest.raises(NotPermitted, match="同一人不能在两级作决定"):
        decide(application, review.send_back, by=both)


# ── While it runs ────────────────────────────────────────────────────────────────────────────────────────


def test_a_signer_is_added_last_and_asked(application):
    first, second, third = colleagues()
    round_ = opened(application, [first])
    signing.add_signer(application, round_, by=holder(), at=NOW, signer=second)
    assert asked(application) == ["甲", "乙"]
    for signer, said in (
        (first, "同一人在一轮中只签一次。"),
        (holder(), f"{holder().name}办理这一件，不能再作签署人。"),
    ):
        with pytest.raises(NotReady) as refusal:
            signing.add_signer(application, round_, by=holder(), at=NOW, signer=signer)
        assert words(refusal.value) == [said]
    agree(application, round_, first, second)
    with pytest.raises(WrongState, match="已经结束"):
        signing.add_signer(application, round_, by=holder(), at=NOW, signer=third)


def test_a_signer_is_taken_away_and_the_round_asked_at_once(application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second])
    agree(application, round_, first)
    with pytest.raises(WrongState, match="甲已经签署，不能减去"):
        signing.remove_signer(application, round_, by=holder(), at=NOW, signer=first)
    signing.remove_signer(application, round_, by=holder(), at=NOW, signer=second)
    assert (state_of(round_), hold(application), asked(application)) == ("passed", "", [])
    assert Task.objects.get(signature__signer=second).outcome == "removed"


def test_in_order_the_next_is_asked_when_who_was_asked_is_taken_away(application):
    first, second = colleagues(2)
    round_ = opened(application, [first, second], in_order=True)
    signing.remove_signer(application, round_, by=holder(), at=NOW, signer=first)
    assert asked(application) == ["乙"]
    signing.add_signer(application, round_, by=holder(), at=NOW, signer=first)
    assert asked(application) == ["乙"]
    agree(application, round_, second, first)
    assert state_of(round_) == "passed"


def test_a_round_without_signers_is_cancelled(application):
    (signer,) = colleagues(1)
    for placement in ("before", "after"):
        round_ = opened(application, [signer], placement=placement)
        signing.remove_signer(application, round_, by=holder(), at=NOW, signer=signer)
        assert (state_of(round_), hold(application), asked(application)) == ("cancelled", "", [])


def test_too_few_for_the_terms_are_not_left(application):
    signers = colleagues(2)
    round_ = opened(application, signers, "vote", threshold=2)
    with pytest.raises(NotReady) as refusal:
        signing.remove_signer(application, round_, by=holder(), at=NOW, signer=signers[0])
    assert words(refusal.value) == ["减去后剩1名签署人，达不到通过条件；先更改通过条件。"]


def test_changed_terms_are_applied_at_once(application):
    first, second, third = colleagues()
    round_ = opened(application, [first, second, third])
    agree(application, round_, first)

    def change(terms, in_order=False):
        signing.change_terms(application, round_, by=holder(), at=NOW, terms=terms, in_order=in_order)

    change(Terms("vote", threshold=3), in_order=True)
    assert asked(application) == ["乙"]
    change(Terms("vote", threshold=3), in_order=True)
    assert acts(application, "claim") == ["open_signing", "sign", "change_signing"]
    change(Terms("vote", threshold=2))
    assert asked(application) == ["乙", "丙"]
    with pytest.raises(NotReady):
        change(Terms("vote", threshold=4))
    change(Terms("any"))
    assert (state_of(round_), hold(application)) == ("passed", "")


def test_changed_to_all_a_disagreement_that_stands_refuses(application):
    first, second, third = colleagues()
    round_ = opened(application, [first, second, third], "vote", threshold=1)
    disagree(application, round_, first)
    signing.change_terms(application, round_, by=holder(), at=NOW, terms=Terms("all"), in_order=False)
    assert (state_of(round_), hold(application), asked(application)) == ("refused", "refused", [])


def test_cancelling_is_the_undo_and_drops_the_proposal(application):
    (signer,) = colleagues(1)
    for placement in ("before", "after"):
        round_ = opened(application, [signer], placement=placement)
        if placement == "after":
            decide(application)
        signing.cancel_round(application, round_, by=holder(), at=NOW)
        assert (state_of(round_), hold(application), asked(application)) == ("cancelled", "", [])
        assert make.fresh(application).state == "district_review"
    assert decide(application).action == "recommend"


def test_only_who_opened_it_or_holds_the_work_or_their_substitute_changes_it(application):
    first, second = colleagues(2)
    third = make.cast().district_reviewer
    round_ = opened(application, [first])
    for other in (first, second):
        with pytest.raises(NotPermitted, match="加签由发起的人或者办理这一件的人变更"):
            signing.add_signer(application, round_, by=other, at=NOW, signer=third)
    by = stand_in(second, holder())
    signing.add_signer(application, round_, by=by, at=NOW, signer=third)
    offices.set_grants(make.cast().district, holder(), set(), by=SYSTEM, at=NOW)
    for one in (holder(), by):
        with pytest.raises(NotPermitted):
            signing.cancel_round(application, round_, by=one, at=NOW)


def test_only_the_holder_opens_a_round_and_only_one_at_a_time(application):
    first, second = colleagues(2)
    opened(application, [first], placement="after")
    with pytest.raises(Stale, match="认领"):
        opened(application, [first], by=second)
    with pytest.raises(WrongState, match="已有一轮加签"):
        opened(application, [second])
    with pytest.raises(NotPermitted):
        opened(application, [second], by=make.cast("other").district_decider)


def test_while_advice_is_waited_for_no_round_is_opened(application):
    review_holder = holder()
    Task.objects.filter(pk=open_work(application).pk).update(assignee=review_holder, hold="advice")
    with pytest.raises(WrongState, match="正在等待委派意见"):
        opened(application, colleagues(1))


def test_a_step_that_ends_the_work_ends_the_round(application):
    round_ = opened(application, colleagues(2))
    current = make.fresh(application)
    applications.withdraw(current, by=make.cast().applicant, at=NOW, expected_version=current.version)
    assert state_of(round_) == "cancelled"
    assert not open_tasks(application).exists()


def test_a_round_of_another_application_is_not_signed_here(application):
    (signer,) = colleagues(1)
    round_ = opened(application, [signer])
    other = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    with pytest.raises(WrongState):
        agree(other, round_, signer)


def test_every_refused_plan_leaves_nothing_behind(application):
    with pytest.raises(NotReady):
        signing.open_round(
            application, by=holder(), at=NOW, plan=Plan(signers=[], placement="before", terms=Terms("all"))
        )
    assert (SigningRound.objects.count(), acts(application), open_work(application).assignee) == (0, [], None)
