"""Every page of every role, as addresses in the sample. A page added later must be added here."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accreditation.form_steps import STEPS
from accreditation.models import NamingDecision, Notice, Objection, Organisation, Scorecard
from accreditation.services.notice import file_objection
from accreditation.services.panel import save_card
from accreditation.services.review import approve
from certificates.models import Certificate
from tests.browser.sample import Sample
from tests.factories import full_marks

ACTIONS = frozenset(
    {
        "application-submit",
        "decide",
        "claim",
        "release",
        "panel-conclude",
        "logout",
        "switch-office",
        "set_language",
    }
)
"""Addresses that only take a form."""
FILES = frozenset({"certificate", "evidence"})
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
        for name in ("home", "register", "notices", "districts", "verify", "login"):
            yield name, reverse(name)
        yield "register", f"{reverse('register')}?q=nothing-is-called-so"
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

    def wangqian(self) -> Iterator[tuple[str, str]]:
        yield from self._own("home", "applications", "offices")
        yield from self._of("王金山", "application", "application-withdraw")
        yield "revision", self.sample.address("revision", "王金山", 1)

    def liuyang(self) -> Iterator[tuple[str, str]]:
        yield from self._of("米钰林", "application")

    def wenjing(self) -> Iterator[tuple[str, str]]:
        yield from self._own("home", "desk", "desk-done", "cycles")
        yield from self._of("王金山", "review", "timeline")
        yield "desk", f"{reverse('desk')}?show=overdue"
        yield "revision", self.sample.address("revision", "王金山", 2)

    def tangli(self) -> Iterator[tuple[str, str]]:
        scored = self.sample.application("张永忠")
        yield from self._own("desk", "desk-done")
        yield from self._of("张永忠", "review", "scorecard")
        save_card(scored, by=self.sample.user("tangli"), at=timezone.now(), judged=full_marks(), comments={})
        yield from self._of("张永忠", "scorecard-sign")

    def chenliyan(self) -> Iterator[tuple[str, str]]:
        yield from self._own("desk", "desk-done", "cycles", "cycle-new")
        yield "desk", f"{reverse('desk')}?show=panels"
        yield from self._of_cycle("cycle", "cycle-settings", "notice-list", "rulings", "naming")
        yield from self._of("吴秀英", "panel")
        yield from self._of("张永忠", "panel")
        yield from self._of("周立新", "review", "timeline")
        card = Scorecard.objects.filter(application=self.sample.application("周立新")).first()
        assert card is not None
        yield "card", reverse("card", args=[card.application.public_id, card.public_id])
        self._something_in_every_list()
        yield from self._of_cycle("cycle", "notice-list", "rulings", "naming")
        yield from self._of("张毅", "ruling")
        yield "objection-received", reverse("objection-received", args=[Objection.objects.get().public_id])

    def _something_in_every_list(self) -> None:
        """List one studio for the next notice, object to another."""
        by, at = self.sample.user("chenliyan"), timezone.now()
        listed, announced = self.sample.application("周立新"), self.sample.application("张毅")
        approve(listed, by=by, at=at, expected_version=listed.version, reason="总分和五好均达标。")
        file_objection(announced, at=at, name="吴建国", contact="13800000000", grounds="发明人有出入。")

    def songjie(self) -> Iterator[tuple[str, str]]:
        member = self.city.memberships.get(user__username="hanmin")
        yield from self._own("offices")
        yield "office", reverse("office", args=[self.city.code])
        yield "office-found", reverse("office-found", args=[self.city.code])
        yield "member-new", reverse("member-new", args=[self.city.code])
        yield "member", reverse("member", args=[self.city.code, member.user.public_id])
        yield "member-end", reverse("member-end", args=[self.city.code, member.user.public_id])

    def liangjing(self) -> Iterator[tuple[str, str]]:
        yield from self._own("home", "audit")
        yield from self._of("米钰林", "timeline")
        yield from self._of("王金山", "timeline")
        yield "revision", self.sample.address("revision", "米钰林", 1)

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
