"""Every page of every role, as addresses in the sample. A page added later must be added here."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode
from uuid import uuid4

from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accreditation.form_steps import STEPS
from accreditation.models import (
    CaseFile,
    Finding,
    Meeting,
    NamingDecision,
    Notice,
    Objection,
    Organisation,
    Scorecard,
)
from accreditation.services import review, tasks
from accreditation.services.certificate_life import renew, revoke
from accreditation.services.copies import copy_to
from accreditation.services.event_searches import save_event_search
from accreditation.services.examining import examine, reopen
from accreditation.services.findings import SETTLED, look_for_findings
from accreditation.services.mail_address import link_of
from accreditation.services.meetings import Resolution, hold_meeting
from accreditation.services.notice import file_objection
from accreditation.services.notifications import choose_mail
from accreditation.services.panel import save_card
from accreditation.services.recusals import recuse as keep_out
from accreditation.services.saved_searches import save_search
from accreditation.services.signing import open_round
from accreditation.services.site_visits import Content, add_visit
from accreditation.services.substitutions import substitute
from accreditation.services.webhooks import add_webhook, try_webhook
from accreditation.uploads import recognise_photo
from certificates.models import Certificate
from tests.browser.acts import picture
from tests.browser.sample import Sample
from tests.factories import full_marks
from workflows.ledger.checkpoints import keep_log
from workflows.ledger.log import number_events
from workflows.models import Webhook
from workflows.notifications.fan_out import fan_out
from workflows.notifications.mail import choice_of
from workflows.signing import Plan, Terms

ACTIONS = frozenset(
    {
        "application-submit",
        "decide",
        "search-save",
        "search-delete",
        "spread-undo",
        "claim",
        "release",
        "unassign",
        "take-back",
        "withdraw-delegation",
        "remind",
        "application-remind",
        "copy-withdraw",
        "panel-conclude",
        "panel-discuss",
        "scorecard-draft",
        "signing-sign",
        "signing-add",
        "signing-remove",
        "signing-change",
        "signing-cancel",
        "meeting-retry",
        "logout",
        "switch-office",
        "set_language",
        "notification",  # leads on to the page that the message is about
        "notification-read",
        "notification-unread",
        "notifications-read",
        "mail-choice",
        "mail-again",
        "mail-withdraw",
        "webhook-test",
        "certificate-look-preview",
        "certificate-look-sample",
        "certificate-design-preview",
        "delivery-again",
        "finding-examine",
        "finding-reopen",
        "case-file-ask",
        "case-file-again",
        "event-export",
        "event-search-save",
        "event-search-restore",
        "event-search-delete",
        "naming-draft",
        "timeline-event",  # leads on to the place of an event on the timeline
        "ledger-letters",
        "ledger-cosignatures",
        "ledger-add-checkpoint",
    }
)
"""Addresses that only take a form."""
FILES = frozenset(
    {
        "certificate",
        "plaque",
        "certificate-print",
        "verify-proof",
        "verify-status",
        "verify-check",
        "evidence",
        "site-visit-photo",
        "event-proof",
    }
    | {"credential-keys", "signing-certificates", "status-list"}
    | {"case-file-download"}
    | {"register-file", "sitemap", "sitemap-section", "robots"}
    | {"application-form", "score-summary", "notice-document", "decision-document", "yearbook"}
    | {"ledger-latest", "ledger-checkpoint", "ledger-keys", "ledger-consistency", "ledger-inclusion"}
)
"""Addresses that give a file, not a page."""
ROLES = {
    "": "a visitor",
    "mali": "an applicant with a draft",
    "wangqian": "an applicant whose form was returned once",
    "liuyang": "an applicant with a certificate",
    "wenjing": "a district's reviewer",
    "tangli": "an expert",
    "chenliyan": "who decides for the city",
    "songjie": "who manages the city's members",
    "liangjing": "an auditor",
}


class Places:
    """The pages that each role has, as (name of the address, address)."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.city = Organisation.objects.get(kind="city")
        self.cycle = sample.application("张毅").cycle

    def of(self, role: str) -> Iterator[tuple[str, str]]:
        """Yield the pages of a role."""
        yield from getattr(self, role or "visitor")()

    def visitor(self) -> Iterator[tuple[str, str]]:
        announced, named = self.sample.application("张毅"), self.sample.application("米钰林")
        keep_log(timezone.now())
        for name in ("home", "register", "notices", "districts", "verify", "ledger", "login"):
            yield name, reverse(name)
        yield "register", f"{reverse('register')}?q=nothing-is-called-so"
        yield "register", f"{reverse('register')}?level=city&state=valid&sort=name"
        yield "studio", reverse("studio", args=[named.studio.public_id])
        for notice in Notice.objects.all():
            yield "notice", reverse("notice", args=[notice.public_id])
        yield "objection", reverse("objection", args=[announced.notice.public_id, announced.public_id])
        yield "district", reverse("district", args=["YB"])
        yield "decision", reverse("decision", args=[NamingDecision.objects.get().public_id])
        yield (
            "verify-certificate",
            reverse("verify-certificate", args=[Certificate.objects.first().check_code]),
        )
        yield "verify-certificate", reverse("verify-certificate", args=["0000000000000000"])

    def mali(self) -> Iterator[tuple[str, str]]:
        yield from self._own("account", "password_change", "applications", "application-new")
        yield from self._of(
            "庞宇来", "application", "application-assessment", "application-check", "application-withdraw"
        )
        for step in STEPS:
            yield "application-step", self.sample.address("application-step", "庞宇来", step)
        mali = self.sample.user("mali")
        choose_mail(by=mali, email="mali@example.org", way="digest", language="", at=timezone.now())
        yield "mail-confirm", link_of(choice_of(mali))
        yield from self._own("account")

    def wangqian(self) -> Iterator[tuple[str, str]]:
        yield from self._own("home", "applications", "offices")
        yield from self._of("王金山", "application", "application-withdraw")
        yield "revision", self.sample.address("revision", "王金山", 1)
        self._send_back(
            "王金山", "wenjing", ["studio.area", "leader.evidence-honour", "team.members.2", "team"]
        )
        yield from self._of("王金山", "application")
        for step in ("studio", "leader", "team"):
            yield "application-step", self.sample.address("application-step", "王金山", step)
        self._take_back("王金山", "wenjing")

    def liuyang(self) -> Iterator[tuple[str, str]]:
        yield from self._of("米钰林", "application")

    def wenjing(self) -> Iterator[tuple[str, str]]:
        fan_out(timezone.now())
        yield from self._own("home", "desk", "desk-done", "cycles", "notifications")
        yield "notifications", f"{reverse('notifications')}?show=unread"
        yield from self._of("王金山", "review", "timeline")
        yield "desk", f"{reverse('desk')}?show=overdue"
        yield from self._picked("王金山")
        yield "ranking", reverse("ranking", args=[self.cycle.code, "YB"])
        yield "revision", self.sample.address("revision", "王金山", 2)
        yield "revision-changes", self.sample.address("revision-changes", "王金山", 2)
        yield from self._handing("王金山")
        yield from self._signing("王金山")
        yield from self._persons("王金山")

    def _persons(self, leader: str) -> Iterator[tuple[str, str]]:
        """Somebody stands in while one is away, and the office below has nobody left."""
        by, at = self.sample.user("wenjing"), timezone.now()
        office, today = Organisation.objects.get(code="YB"), timezone.localdate()
        yield from self._own("substitutions", "declarations")
        yield "substitution-new", reverse("substitution-new", args=[office.code])
        made = substitute(
            office,
            principal=by,
            substitute=self.sample.user("qinlan"),
            starts_on=today,
            ends_on=today,
            by=by,
            at=at,
        )
        yield "substitution-end", reverse("substitution-end", args=[made.public_id])
        yield from self._own("substitutions")
        yield from self._of_cycle("declaration")
        yield from self._of(leader, "recuse")
        keep_out(
            self.sample.application("陈志强"), by=self.sample.user("kongyan"), at=at, reason="亲属关系。"
        )
        yield from self._own("desk")
        yield from self._of("陈志强", "appoint")

    def _picked(self, leader: str) -> Iterator[tuple[str, str]]:
        """Keep a search, and pick an application for a batch."""
        by, application = self.sample.user("wenjing"), self.sample.application(leader)
        kept = save_search(by=by, name="待推荐", query="show=free&order=arrival")
        yield from self._own("keys", "searches", "desk", "batch")
        yield "search", reverse("search", args=[kept.public_id])
        yield "desk", f"{reverse('desk')}?{kept.query}"
        for decision in ("recommend", "claim", "approve"):
            picked = urlencode({"decision": decision, "applications": application.public_id})
            yield "batch", f"{reverse('batch')}?{picked}"

    def _handing(self, leader: str) -> Iterator[tuple[str, str]]:
        """Let the work go from hand to hand, with a question and a copy, and lie open again in the end."""
        application, at = self.sample.application(leader), timezone.now()
        me, other = self.sample.user("wenjing"), self.sample.user("heqiu")
        yield from self._of(leader, "assign", "copy")
        yield "copy", f"{self.sample.address('copy', leader)}?q=nobody-is-called-so"
        yield from self._own("copies")
        tasks.assign(application, by=me, to=other, seen=None, at=at, note="重点看产权归属。")
        tasks.delegate(application, by=other, to=me, at=at, question="经费是否专款专用？")
        copy_to(application, by=other, people=[me], at=at)
        yield from self._of(leader, "review", "advise", "assign")
        yield from self._own("copies")
        tasks.advise(application, by=me, at=at, opinion="专款专用，有台账。")
        tasks.assign(application, by=me, to=me, seen=other, at=at)
        copy_to(application, by=me, people=[other], at=at)
        yield from self._of(leader, "review", "transfer", "delegate", "copy", "timeline")
        tasks.release(application, by=me, at=at)

    def _signing(self, leader: str) -> Iterator[tuple[str, str]]:
        """Ask the district's other reviewer to sign."""
        application, by = self.sample.application(leader), self.sample.user("wenjing")
        yield from self._of(leader, "signing-new")
        plan = Plan(signers=[self.sample.user("heqiu")], placement="before", terms=Terms("all"))
        round_ = open_round(application, by=by, at=timezone.now(), plan=plan)
        yield "signing", reverse("signing", args=[application.public_id, round_.public_id])
        yield from self._of(leader, "review")

    def tangli(self) -> Iterator[tuple[str, str]]:
        scored = self.sample.application("张永忠")
        yield from self._own("desk", "desk-done")
        yield from self._of("张永忠", "review", "scorecard")
        save_card(scored, by=self.sample.user("tangli"), at=timezone.now(), judged=full_marks(), comments={})
        yield from self._of("张永忠", "scorecard-sign")

    def chenliyan(self) -> Iterator[tuple[str, str]]:
        yield from self._own("desk", "desk-done", "cycles", "cycle-new")
        yield "desk", f"{reverse('desk')}?show=panels"
        yield from self._of_cycle("cycle", "cycle-settings", "panels", "panels-conclude")
        yield (
            "copy-many",
            f"{reverse('copy-many')}?applications={self.sample.application('吴秀英').public_id}",
        )
        yield from self._of_cycle("notice-list", "rulings", "naming")
        yield from self._of_cycle("meeting-list", "meeting-new")
        yield from self._of("吴秀英", "panel")
        yield from self._of("张永忠", "panel")
        yield from self._visits("张永忠")
        yield from self._of("周立新", "review", "timeline")
        card = Scorecard.objects.filter(application=self.sample.application("周立新")).first()
        assert card is not None
        yield "card", reverse("card", args=[card.application.public_id, card.public_id])
        self._something_in_every_list()
        yield from self._of_cycle("cycle", "notice-list", "rulings", "naming")
        yield "meeting", reverse("meeting", args=[self.cycle.code, Meeting.objects.get().public_id])
        yield from self._of("张毅", "ruling")
        yield "objection-received", reverse("objection-received", args=[Objection.objects.get().public_id])
        yield from self._of_cycle("versions")
        self._send_back("吴秀英", "chenliyan", ["team.members.1"])
        yield from self._of("吴秀英", "review", "recall")
        yield from self._own("desk-done")
        yield from self._certificates()

    def _certificates(self) -> Iterator[tuple[str, str]]:
        """Every certificate: in force, replaced by one that is still to be made, revoked."""
        by, at = self.sample.user("chenliyan"), timezone.now()
        first, second = Certificate.objects.order_by("pk")
        yield from self._own("certificates")
        for name in ("record", "revoke", "reissue", "renew"):
            yield f"certificate-{name}", reverse(f"certificate-{name}", args=[first.public_id])
        revoke(first, by=by, at=at, reason="停止运行。", ended_on=timezone.localdate(at))
        renew(second, by=by, at=at, reason="复评合格。", decision_number=second.decision_number)
        for one in (first, second):
            yield "certificate-record", reverse("certificate-record", args=[one.public_id])
        yield "verify-certificate", first.get_absolute_url()
        yield "certificates", f"{reverse('certificates')}?state=revoked"
        yield "certificates", f"{reverse('certificates')}?q=nothing-is-called-so"

    def _send_back(self, leader: str, by: str, marked: list[str]) -> None:
        """Return an application to its enterprise, with marks."""
        application = self.sample.application(leader)
        steps = [code for code in marked if "." not in code]
        review.send_back(
            application,
            by=self.sample.user(by),
            at=timezone.now(),
            expected_version=application.version,
            reason="与证件不符，核对后改正。",
            steps=steps,
            fields=[code for code in marked if code not in steps],
        )

    def _take_back(self, leader: str, by: str) -> None:
        """Undo the return, so that the application waits for its district again."""
        application, user, at = self.sample.application(leader), self.sample.user(by), timezone.now()
        review.recall(application, by=user, at=at, expected_version=application.version)
        tasks.release(application, by=user, at=at)

    def _visits(self, leader: str) -> Iterator[tuple[str, str]]:
        """Record a visit with a photo, and correct it."""
        yield from self._of(leader, "site-visits", "site-visit-new")
        application, by, at = self.sample.application(leader), self.sample.user("chenliyan"), timezone.now()
        photo = recognise_photo(ContentFile(picture(), "车间.png"))
        found = Content(timezone.localdate(at), "陈立言、唐立", "设备在用，台账与申报相符。", [photo])
        visit = add_visit(application, found, by=by, at=at)
        yield "site-visit-correct", self.sample.address("site-visit-correct", leader, visit.public_id)
        again = replace(
            found, findings="设备在用，台账缺8月。", photos=(), kept=[visit.photos.get().public_id]
        )
        add_visit(application, again, by=by, at=at, corrects=visit.public_id)
        yield from self._of(leader, "site-visits", "review")

    def _something_in_every_list(self) -> None:
        """List one studio for the next notice by a meeting, object to another."""
        by, at = self.sample.user("chenliyan"), timezone.now()
        listed, announced = self.sample.application("周立新"), self.sample.application("张毅")
        hold_meeting(
            self.cycle,
            [Resolution(listed, "approve", listed.version, "总分和五好均达标。")],
            public_id=uuid4(),
            title="审定会",
            held_on=timezone.localdate(at),
            people="陈立言、秦岚",
            by=by,
            at=at,
        )
        file_objection(announced, at=at, name="吴建国", contact="13800000000", grounds="发明人有出入。")

    def songjie(self) -> Iterator[tuple[str, str]]:
        member = self.city.memberships.get(user__username="hanmin")
        yield from self._own("offices")
        yield "office", reverse("office", args=[self.city.code])
        yield "office-substitutions", reverse("office-substitutions", args=[self.city.code])
        yield "loads", reverse("loads")
        yield "load", reverse("load", args=[self.city.code])
        yield "spread", reverse("spread", args=[self.city.code])
        yield "spread", f"{reverse('spread', args=[self.city.code])}?held=1"
        yield "office-found", reverse("office-found", args=[self.city.code])
        yield "escalation", reverse("escalation", args=[self.city.code])
        yield "member-new", reverse("member-new", args=[self.city.code])
        yield "webhooks", reverse("webhooks", args=[self.city.code])
        yield "webhook-new", reverse("webhook-new", args=[self.city.code])
        hook = self._webhook()
        yield "webhook", reverse("webhook", args=[self.city.code, hook.public_id])
        yield "webhook-end", reverse("webhook-end", args=[self.city.code, hook.public_id])
        yield "certificate-look", reverse("certificate-look")
        yield "certificate-designs", reverse("certificate-designs")
        yield "certificate-design", reverse("certificate-design", args=["modern"])
        yield "member", reverse("member", args=[self.city.code, member.user.public_id])
        yield "member-end", reverse("member-end", args=[self.city.code, member.user.public_id])

    def _webhook(self) -> Webhook:
        """Give the city a webhook with something to deliver."""
        by, at = self.sample.user("songjie"), timezone.now()
        hook = add_webhook(self.city, name="工作群", url="https://93.184.216.34/hook", by=by, at=at).webhook
        try_webhook(hook, by=by, at=at)
        return hook

    def liangjing(self) -> Iterator[tuple[str, str]]:
        yield from self._own("home", "audit", "ledger", "certificates")
        yield from self._of("米钰林", "timeline")
        yield from self._of("王金山", "timeline", "as-it-stood", "revision-compare")
        for query in ("kind=readings", "q=nothing-is-said-so", "at=2026-11-03+17:00", "at=never"):
            yield "timeline", f"{self.sample.address('timeline', '王金山')}?{query}"
        for query in ("event=6", "at=2020-01-01", "at=2999-01-01"):
            yield "as-it-stood", f"{self.sample.address('as-it-stood', '王金山')}?{query}"
        yield "as-it-stood", f"{self.sample.address('as-it-stood', '米钰林')}?at=2026-08-10+17:00"
        yield "revision-changes", self.sample.address("revision-changes", "王金山", 2)
        yield "revision", self.sample.address("revision", "米钰林", 1)
        yield from self._findings()
        yield from self._case_files("米钰林")
        yield from self._searches()

    def _searches(self) -> Iterator[tuple[str, str]]:
        """Look for events in every way, and keep a search."""
        yield from self._own("event-search", "event-searches")
        for query in (
            "words=材料&below=on",
            "person=nobody-is-called-so",
            "office=总工会",
            "action=grant",
            "kind=cycle",
        ):
            yield "event-search", f"{reverse('event-search')}?{query}"
        kept = save_event_search(by=self.sample.user("liangjing"), name="退回", query="action=send_back")
        yield from self._own("event-search", "event-searches")
        yield "event-search-kept", reverse("event-search-kept", args=[kept.public_id])

    def _findings(self) -> Iterator[tuple[str, str]]:
        """Let the rules look; then one finding that waits, one that was examined, and one that was undone."""
        yield from self._own("findings", "finding-rules", "findings-examine")
        by, at = self.sample.user("liangjing"), timezone.now() + SETTLED
        number_events(at)
        look_for_findings(at)
        first, second, *_others = found = Finding.objects.order_by("pk")
        for one in (first, second):
            examine(one, by=by, at=at, note="已看两次的理由，属正常。")
        reopen(second, by=by, at=at, reason="有新的情况。")
        for one in found:
            yield "finding", reverse("finding", args=[one.public_id])
        yield from self._own("findings", "finding-rules")
        yield "findings", f"{reverse('findings')}?state=all"
        yield "findings", f"{reverse('findings')}?q=nothing-is-called-so"
        picked = "&".join(f"finding={one.public_id}" for one in found)
        yield "findings-examine", f"{reverse('findings-examine')}?{picked}"
        yield from self._of("吴秀英", "timeline")

    def _case_files(self, leader: str) -> Iterator[tuple[str, str]]:
        """One in each standing: waiting, building, failed, ready, removed."""
        yield from self._own("case-files")
        by, at, application = self.sample.user("liangjing"), timezone.now(), self.sample.application(leader)
        done = {"finished_at": at, "sha256": "ab" * 32, "size": 1_200_000, "log_size": 320}
        standings = (
            {},
            {"done": 3, "total": 12, "beat_at": at},
            {"failed": "missing site.pdf"},
            done | {"file": f"case_files/ab/{'ab' * 32}.zip"},
            done,
        )
        for standing in standings:
            row = CaseFile.objects.create(application=application, asked_by=by, asked_at=at, **standing)
            yield "case-file", reverse("case-file", args=[row.public_id])
        yield from self._own("case-files")

    def _own(self, *names: str) -> Iterator[tuple[str, str]]:
        for name in names:
            yield name, reverse(name)

    def _of_cycle(self, *names: str) -> Iterator[tuple[str, str]]:
        for name in names:
            yield name, reverse(name, args=[self.cycle.code])

    def _of(self, leader: str, *names: str) -> Iterator[tuple[str, str]]:
        for name in names:
            yield name, self.sample.address(name, leader)


def all_names() -> set[str]:
    """Return the names of every address of the site."""

    def walk(resolver: URLResolver) -> Iterator[str]:
        for one in resolver.url_patterns:
            if isinstance(one, URLPattern):
                yield str(one.name)
            else:
                yield from walk(one)

    return set(walk(get_resolver()))
