"""What somebody was copied on 抄送我的."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accreditation import bars
from accreditation.models import Application, Membership, User
from accreditation.scope import copied, copies_of
from workflows.models import Copy


@dataclass(frozen=True)
class Row:
    """A copy, and the application."""

    copy: Copy
    application: Application


def copied_to(user: User) -> QuerySet[Copy]:
    """Return the copies that the user may still open, the latest first."""
    still = copied(user).filter(pk=OuterRef("object_id"))
    return copies_of(user).filter(Exists(still)).select_related("made_by").order_by("-at", "-pk")


def offices_of_all(applications: Sequence[Application]) -> set[int]:
    """Return the keys of the reviewing offices that all of these applications have."""
    each = [{one.union_id, one.district_id, one.city_id} for one in applications]
    return set.intersection(*each) if each else set()


def people_of(offices: Collection[int], besides: User, words: str = "") -> list[tuple[User, str]]:
    """Return the members of these offices, but for one, by name, with where they belong. Two queries."""
    members = Membership.objects.filter(organisation__in=offices, ended_at=None)
    people = User.objects.filter(pk__in=members.values("user"), is_active=True).exclude(pk=besides.pk)
    if words:
        people = people.filter(name__icontains=words)
    places: dict[int, list[str]] = {}
    for user, name in members.order_by("organisation__path").values_list("user", "organisation__name"):
        places.setdefault(user, []).append(name)
    return [(one, _("、").join(places.get(one.pk, []))) for one in people.order_by("name", "pk")]


def unable_to_read(applications: Sequence[Application], people: Sequence[User]) -> dict[tuple[int, int], str]:
    """Return by application and person why no copy goes to them. Four queries; `task_rights` asks it of one anew."""
    users, kind = [one.pk for one in people], ContentType.objects.get_for_model(Application)
    keys = [one.pk for one in applications]
    known = set(
        Copy.objects.filter(content_type=kind, object_id__in=keys, user__in=users).values_list(
            "object_id", "user_id"
        )
    )
    own = set(
        bars.belonging(users, {one.enterprise_id for one in applications}).values_list(
            "organisation_id", "user_id"
        )
    )
    recused = set(bars.recusals(users, kind.pk, keys).values_list("object_id", "user_id"))
    interests = set(
        bars.interests(users, {one.cycle_id for one in applications}).values_list(
            "declaration__cycle_id", "enterprise_id", "declaration__user_id"
        )
    )
    found: dict[tuple[int, int], str] = {}
    for one in applications:
        for user in users:
            code = bars.first_bar(
                own=(one.enterprise_id, user) in own,
                earlier=False,
                interest=(one.cycle_id, one.enterprise_id, user) in interests,
                recused=(one.pk, user) in recused,
                declared=True,
            )
            if code:
                found[one.pk, user] = bars.words_about(code)
            elif (one.pk, user) in known:
                found[one.pk, user] = _("已经收到抄送")
    return found


def rows(copies: Sequence[Copy]) -> list[Row]:
    """Return the rows of these copies, in their order. One query."""
    applications = {
        application.pk: application
        for application in Application.objects.filter(
            pk__in=[copy.object_id for copy in copies]
        ).select_related("studio", "enterprise", "district")
    }
    return [Row(copy, applications[copy.object_id]) for copy in copies if copy.object_id in applications]
