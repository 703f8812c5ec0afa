"""Who is told of which event, and why. The table is the whole answer; whoever acted is not told of it themselves.

A substitute is told what concerns their principal as a reviewer. Nobody is told of an application that they may
not see, and that is asked again whenever their messages are read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType

from accreditation.models import Application, CaseFile, Finding, Organisation, User
from accreditation.queries.addressees import (
    Happening,
    Keys,
    above,
    applicants,
    asked,
    deciders,
    deciders_at_quorum,
    earlier,
    holder,
    named,
    principal,
    relieved,
    reminded,
    signers,
    told_before,
    workers,
    workers_if_free,
)
from accreditation.queries.findings.scope import auditors_of, concerns
from accreditation.scope import visible_applications
from accreditation.work import may_work
from workflows.actors import Substitute
from workflows.ledger.chain import written
from workflows.models import Event, Substitution
from workflows.notifications.audience import Addressee, Audience

Rule = tuple[str, Callable[[Happening], Keys]]
WORK: Rule = ("work", workers)
DECIDERS: Rule = ("work", deciders)
ASKED: Rule = ("yours", asked)
NAMED: Rule = ("yours", named)
HELD: Rule = ("yours", holder)
OWN: Rule = ("own", applicants)
EARLIER: Rule = ("earlier", earlier)
FREE: Rule = ("work", workers_if_free)
RELIEVED: Rule = ("yours", relieved)
ANY: Sequence[Rule] = (ASKED, NAMED)
TELLS: Mapping[str, Sequence[Rule]] = {
    "submit": (WORK,),
    "resubmit": (WORK, EARLIER),
    "recommend": (WORK, OWN),
    "send_back": (OWN, EARLIER),
    "return_to_level": (WORK, EARLIER, OWN),
    "recall": (WORK, ("recalled", told_before)),
    "reject": (OWN, EARLIER),
    "withdraw": (RELIEVED, EARLIER),
    "convene": (ASKED, OWN),
    "score": (("work", deciders_at_quorum),),
    "conclude": (DECIDERS, OWN, RELIEVED),
    "approve": (WORK, OWN, EARLIER),
    "publish": (OWN, EARLIER),
    "file_objection": (DECIDERS, OWN),
    "dismiss_objection": (OWN,),
    "uphold_objection": (WORK, OWN, EARLIER),
    "end_notice": (WORK, OWN),
    "name_studio": (OWN, EARLIER),
    "file_certificate": (OWN,),
    "revoke_certificate": (OWN, EARLIER),
    "reissue_certificate": (OWN, EARLIER),
    "renew_certificate": (OWN, EARLIER),
    "move_version": (OWN, HELD),
    "assign": (NAMED,),
    "unassign": (NAMED,),
    "transfer": (NAMED,),
    "take_back": (NAMED,),
    "delegate": (ASKED,),
    "advise": (NAMED, HELD),
    "withdraw_delegation": (NAMED,),
    "remind": (("reminded", reminded),),
    "copy": (("copied", named),),
    "escalate": (NAMED, HELD),
    "recuse": (FREE,),
    "step_aside": (FREE,),
    "ask_above": (("work", above),),
    "appoint": (NAMED,),
    "open_signing": (ASKED, NAMED),
    "add_signer": (ASKED, NAMED),
    "remove_signer": (NAMED,),
    "change_signing": (("yours", signers),),
    "cancel_signing": (RELIEVED,),
    "propose": (ASKED, NAMED),
    "sign": (ASKED, HELD, RELIEVED),
    "proposal_lapsed": (HELD,),
    "discuss": (("yours", deciders),),
}
OF_MEMBERS = frozenset({"grant", "revoke", "substitute", "end_substitution", "set_escalation"})
"""What concerns the members of an office of whom it speaks."""
TO_AUDITORS = frozenset({"find"})
"""What concerns the auditors of an office and of those above it."""
TO_ASKER = frozenset({"seal_case_file"})
"""What concerns who asked for it: their case file is there."""
NEWS = timedelta(days=7)
"""What a rule finds in a history from before is no news: it waits in the list."""
SILENT = frozenset(
    {"start", "claim", "release", "withdraw_copy", "visit", "rank", "hold_meeting", "declare"}
    | {"issue_certificate"}
    | {
        "read",
        "export",
        "ask_case_file",
        "sign_in",
        "sign_out",
        "sign_in_failed",
        "lock_out",
        "sign_in_flood",
        "change_password",
    }
    | {"ask_address", "confirm_address", "withdraw_address"}
    | {"make_account", "choose_mail", "load_rubric", "send_again", "erase"}
    | {"set_log_key", "ask_checkpoints", "end_checkpoints"}
    | {"examine", "reopen"}
    | {"found", "join", "leave", "report_figures", "add_webhook", "test_webhook", "end_webhook"}
    | {"configure_certificates", "save_design"}
    | {"open_cycle", "change_cycle", "choose_versions", "set_quota", "set_experts"}
)
"""Told to nobody: what people do with their own work, what stands on the page of whoever needs it, the journals."""
TO_REVIEWERS = frozenset({"work", "yours", "reminded", "recalled"})
"""What concerns somebody as a reviewer, and so whoever stands in for them."""
WITHIN_OFFICE = frozenset(
    {"assign", "unassign", "transfer", "take_back", "delegate", "advise", "withdraw_delegation", "copy"}
    | {"escalate", "recuse", "step_aside", "ask_above", "appoint", "open_signing", "add_signer"}
    | {"remove_signer", "change_signing", "cancel_signing", "propose", "sign", "proposal_lapsed", "discuss"}
)
"""The business of the office that did it: its own webhooks get it, those of the others do not."""
OF_CITY = frozenset({"score"})


def audience_of(event: Event, at: datetime) -> Audience:
    """Return who is told of an event and which offices' webhooks get it, by what holds at `at`."""
    kind, _, public_id = event.stream.partition("/")
    if kind == Organisation.stream_kind:
        return _of_organisation(event)
    if kind == Finding.stream_kind:
        return _of_finding(event, public_id)
    if event.action in TO_ASKER:
        return _of_case_file(event)
    if kind != Application.stream_kind:
        return Audience()
    application = Application.objects.select_related("cycle").get(public_id=public_id)
    application.state = event.to_state
    happening = Happening(event, application, _facts(event))
    subject = (ContentType.objects.get_for_model(Application).pk, application.pk)
    return Audience(tuple(_people(happening, at)), _offices(happening), subject)


def _people(happening: Happening, at: datetime) -> Iterator[Addressee]:
    concerned = _first_hand(happening)
    wanted = {one.user_id: one for one in [*_stand_ins(happening, concerned, at), *concerned]}
    users = {user.pk: user for user in User.objects.filter(pk__in=wanted, is_active=True)}
    for pk, addressee in sorted(wanted.items()):
        if pk in users and _may_see(users[pk], happening.application, at):
            yield addressee


def _first_hand(happening: Happening) -> list[Addressee]:
    """Return whom the table names, each for the first reason that holds. Who acted knows."""
    event, found = happening.event, dict[int, str]()
    if event.action not in SILENT:
        for reason, finder in (*TELLS.get(event.action, ANY), ("for_you", principal)):
            for pk in finder(happening):
                if pk is not None and pk != event.actor_id:
                    found.setdefault(pk, reason)
    return [Addressee(pk, reason) for pk, reason in found.items()]


def _stand_ins(happening: Happening, concerned: Sequence[Addressee], at: datetime) -> Iterator[Addressee]:
    """Yield who stands in for somebody whom it concerns as a reviewer, and may do so in this application."""
    told = {one.user_id: one.reason for one in concerned if one.reason in TO_REVIEWERS}
    application = happening.application
    running = Substitution.objects.filter(
        principal__in=told,
        office__in=[application.union_id, application.district_id, application.city_id],
        starts_at__lte=at,
        ends_at__gt=at,
        ended_at=None,
    ).exclude(substitute=happening.event.actor_id)
    for one in running.select_related("principal", "substitute"):
        reason, actor = told[one.principal_id], Substitute(one.substitute, one.principal, at)
        if reason != "work" or may_work(application, actor):
            yield Addressee(one.substitute_id, reason, one.principal_id)


def _may_see(user: User, application: Application, at: datetime) -> bool:
    return visible_applications(user, at).filter(pk=application.pk).exists()


def _offices(happening: Happening) -> frozenset[int]:
    """Return the bodies whose webhooks get the event: those that have the application, once it is submitted."""
    event, application = happening.event, happening.application
    if event.action in SILENT or application.submitted_at is None or event.at < application.submitted_at:
        return frozenset()
    if event.action in WITHIN_OFFICE:
        return frozenset({event.office_id} if event.office_id else ())
    if event.action in OF_CITY:
        return frozenset({application.city_id})
    return frozenset({application.union_id, application.district_id, application.city_id})


def _of_organisation(event: Event) -> Audience:
    """Who is given or loses a grant, or stands in for somebody, is told by their office; it concerns nobody else."""
    if event.action not in OF_MEMBERS or event.actor_id is None:
        return Audience()  # what the installation sets up is no news
    facts = _facts(event)
    concerned = [value for name, value in facts.items() if name in {"member", "substitute"}]
    people = User.objects.filter(public_id__in=concerned, is_active=True).exclude(pk=event.actor_id)
    return Audience(tuple(Addressee(user.pk, "member") for user in people.order_by("pk")))


def _of_finding(event: Event, public_id: str) -> Audience:
    """The auditors of the body concerned and of those above it are told, but for whom the finding is about."""
    if event.action not in TO_AUDITORS:
        return Audience()
    finding = Finding.objects.select_related("office").get(public_id=public_id)
    if finding.found_at - finding.happened_at > NEWS:
        return Audience()
    subject = (ContentType.objects.get_for_model(Finding).pk, finding.pk)
    people = (user for user in auditors_of(finding.office) if not concerns(finding, user))
    return Audience(tuple(Addressee(user.pk, "finding") for user in people), subject=subject)


def _of_case_file(event: Event) -> Audience:
    """Who asked for a case file is told that it is made; whether they may still have it is asked when they read."""
    row = CaseFile.objects.filter(public_id=_facts(event).get("case_file", ""), failed="").first()
    if row is None:
        return Audience()
    subject = (ContentType.objects.get_for_model(CaseFile).pk, row.pk)
    return Audience((Addressee(row.asked_by_id, "case_file"),), subject=subject)


def _facts(event: Event) -> dict[str, Any]:
    facts = written(event.body).get("facts")
    return facts if isinstance(facts, dict) else {}
