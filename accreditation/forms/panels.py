"""Panels for many applications at once: what to choose, whom, and the panels as the preview showed them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.forms.picks import Pick, PicksField, Planned, PlannedField
from accreditation.models import Organisation, User
from accreditation.services.batch import MOST

ALL, SPREAD = "all", "spread"
AGAIN = _("重新打开这一页，再选择专家")


class WaitingSearch(forms.Form):
    """Which of the applications that wait for a panel are listed."""

    q = forms.CharField(label=_("工作室、领军人物、单位或编号"), required=False, max_length=60)
    body = forms.ChoiceField(label=_("推荐单位"), required=False)

    def __init__(self, *args: Any, bodies: Iterable[tuple[Organisation, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counted = [
            (body.code, _("%(name)s（%(count)d）") % {"name": body.label, "count": n}) for body, n in bodies
        ]
        field: Any = self.fields["body"]
        field.choices = [("", _("全部")), *counted]

    def narrowed(self) -> dict[str, str]:
        """Return what is asked for: `body` and `words`; nothing where it cannot be read."""
        given = self.cleaned_data if self.is_valid() else {}
        return {"body": given.get("body", ""), "words": given.get("q", "").strip()}


class PanelsForm(forms.Form):
    """The applications, the experts, and whether all of them or so many in turn judge each. Draws no experts itself."""

    WAYS = ((ALL, _("选定的都评每一件")), (SPREAD, _("每件请几名，由系统均匀分配")))
    CONSEQUENCES = {
        ALL: _("须回避的，只在那一件不列入"),
        SPREAD: _("评分卡尽量一样多，须回避的跳过"),
    }
    applications = PicksField(label=_("工作室"), error_messages={"required": _("选择要组成专家组的工作室")})
    experts = forms.ModelMultipleChoiceField(
        label=_("专家"),
        queryset=User.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("选择专家"), "invalid_choice": AGAIN, "invalid_pk_value": AGAIN},
    )
    way = forms.ChoiceField(
        label=_("怎样组成"),
        choices=WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": _("选择怎样组成"), "invalid_choice": _("选择怎样组成")},
    )
    seats = forms.IntegerField(
        label=_("每件几名"),
        required=False,
        min_value=1,
        max_value=99,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("填写整数"), "max_value": _("不超过%(limit_value)s名")},
    )

    def __init__(self, *args: Any, experts: QuerySet[User], quorum: int, **kwargs: Any) -> None:
        kwargs["initial"] = {"way": ALL, "seats": quorum} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.quorum = quorum
        people: Any = self.fields["experts"]
        people.queryset = experts
        way: Any = self.fields["way"]
        way.consequences = self.CONSEQUENCES
        self.fields["seats"].help_text = _("不少于法定的%(quorum)d名。") % {"quorum": quorum}

    def clean_applications(self) -> list[Pick]:
        """Take each application once, and not more than a batch holds."""
        picks = {pick.public_id: pick for pick in self.cleaned_data["applications"]}
        if len(picks) > MOST:
            said = {"most": MOST, "count": len(picks)}
            raise ValidationError(_("一次最多办理%(most)d件，选了%(count)d件，分几次办理"), params=said)
        return list(picks.values())

    def clean(self) -> dict[str, Any]:
        """Ask for as many experts as a panel needs."""
        given = super().clean() or {}
        chosen = len(given.get("experts") or ())
        spreads = given.get("way") == SPREAD
        seats = given.get("seats") or self.quorum
        said = {"quorum": self.quorum, "count": chosen, "seats": seats}
        if spreads and "seats" in given and seats < self.quorum:
            self.add_error("seats", _("每件不少于法定的%(quorum)d名") % said)
        elif chosen and chosen < (seats if spreads else self.quorum):
            fewest = _("每件%(seats)d名，至少选这么多，现在选了%(count)d名")
            self.add_error(
                "experts", (fewest if spreads else _("至少选%(quorum)d名，现在选了%(count)d名")) % said
            )
        return given

    @property
    def seats_each(self) -> int | None:
        """Return how many are to sit on each panel; None for all of those chosen. Only for a valid form."""
        given = self.cleaned_data
        return (given["seats"] or self.quorum) if given["way"] == SPREAD else None


class SignPanelsForm(forms.Form):
    """The panels that are signed."""

    panels = PlannedField(error_messages={"required": _("至少留下一件")})

    def clean_panels(self) -> list[Planned]:
        """Take not more than a batch holds."""
        planned: list[Planned] = self.cleaned_data["panels"]
        if len(planned) > MOST:
            raise ValidationError(AGAIN)
        return planned


class ConcludeForm(forms.Form):
    """The applications whose scoring is ended."""

    applications = PicksField(label=_("工作室"), error_messages={"required": _("选择要结束评分的工作室")})

    def clean_applications(self) -> list[Pick]:
        """Take each application once; the page never lists more than a batch holds."""
        picks = {pick.public_id: pick for pick in self.cleaned_data["applications"]}
        return list(picks.values())[:MOST]
