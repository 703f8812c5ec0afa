"""Rounds of signatures: whom to ask and when it passes; agreeing or disagreeing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.review import LONGEST
from accreditation.models import User
from accreditation.queries.signers import Candidate
from workflows.models import Signature, SigningRound
from workflows.signing import Plan, Terms

BEFORE, AFTER = SigningRound.Placement.BEFORE, SigningRound.Placement.AFTER
ALL, ANY, VOTE = SigningRound.Mode.ALL, SigningRound.Mode.ANY, SigningRound.Mode.VOTE
AT_ONCE, IN_ORDER = "at_once", "in_order"
MOST = 99
NUMBER = {"invalid": _("填写整数，如2"), "min_value": _("填写整数，如2"), "max_value": _("填写整数，如2")}


def _number(label: Any, hint: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=0,
        max_value=MOST,
        error_messages=NUMBER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class TermsForm(forms.Form):
    """When a round passes, and whether people sign at once or in order."""

    mode = forms.ChoiceField(
        label=_("怎样算通过"),
        choices=[(ALL, _("会签")), (ANY, _("或签")), (VOTE, _("票签"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("选择怎样算通过"), "invalid_choice": _("选择怎样算通过")},
    )
    threshold = _number(_("同意票数"), _("票签：达到几票即通过。"))
    quorum = _number(_("法定签署人数"), _("或签、票签：至少几人签署后才能通过；空着不限。"))
    way = forms.ChoiceField(
        label=_("签署方式"),
        choices=[(AT_ONCE, _("同时签署")), (IN_ORDER, _("按次序签署"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("选择签署方式"), "invalid_choice": _("选择签署方式")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _explain(self.fields["mode"], {
            ALL: _("全部同意才通过；有一人不同意即结束"),
            ANY: _("有一人同意即通过"),
            VOTE: _("同意达到票数即通过"),
        })  # fmt: skip
        _explain(self.fields["way"], {IN_ORDER: _("前一人签署后，才轮到下一人")})

    @property
    def terms(self) -> Terms:
        """Return what was asked for. A clean form only."""
        given = self.cleaned_data
        return Terms(given["mode"], given["threshold"] or 0, given["quorum"] or 0)

    @property
    def in_order(self) -> bool:
        """Return whether people sign one after the other. A clean form only."""
        return bool(self.cleaned_data["way"] == IN_ORDER)


class RoundForm(TermsForm):
    """A new round. The page draws the signers itself: a tick each, and a place in the order."""

    placement = forms.ChoiceField(
        label=_("何时签署"),
        choices=[(BEFORE, _("在我决定之前")), (AFTER, _("在我决定之后"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("选择何时签署"), "invalid_choice": _("选择何时签署")},
    )
    signers = forms.MultipleChoiceField(
        label=_("签署人"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("选择签署人，至少1名"),
            "invalid_choice": _("这个人现在不能选，重新选择"),
        },
    )
    note = forms.CharField(
        label=_("说明"),
        help_text=_("要核对什么；签署人看得到，记入经过。"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("way", "signers", "placement", "mode", "threshold", "quorum", "note")

    def __init__(
        self, *args: Any, candidates: Sequence[Candidate], placements: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        self.people: dict[str, User] = {one.key: one.user for one in candidates if not one.bar}
        signers: Any = self.fields["signers"]
        signers.choices = [(key, person.name) for key, person in self.people.items()]
        placement: Any = self.fields["placement"]
        placement.choices = [choice for choice in placement.choices if choice[0] in placements]
        _explain(placement, {
            BEFORE: _("签署通过之前，这一件不能作决定"),
            AFTER: _("您先作决定，签署通过后生效"),
        })  # fmt: skip
        for key in self.people:
            self.fields[order_name(key)] = _number(_("次序"), "")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the candidates as the page draws them."""
        chosen = {str(value) for value in self["signers"].value() or ()}
        return [
            {
                "candidate": one,
                "is_chosen": one.key in chosen,
                "order": self[order_name(one.key)] if not one.bar else None,
            }
            for one in self.candidates
        ]

    @property
    def plan(self) -> Plan:
        """Return the round that is asked for. A clean form only."""
        given = self.cleaned_data
        order = {key: given.get(order_name(key)) or MOST + 1 for key in given["signers"]}
        listed = sorted(given["signers"], key=lambda key: (order[key], list(self.people).index(key)))
        return Plan(
            signers=[self.people[key] for key in listed],
            placement=given["placement"],
            terms=self.terms,
            in_order=self.in_order,
            note=given["note"].strip(),
        )


class SignForm(forms.Form):
    """A signature: agree, or disagree with the reason."""

    verdict = forms.ChoiceField(
        label=_("签署"),
        choices=[(Signature.Verdict.AGREE, _("同意")), (Signature.Verdict.DISAGREE, _("不同意"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("选择同意或者不同意"), "invalid_choice": _("选择同意或者不同意")},
    )
    opinion = forms.CharField(
        label=_("签署意见"),
        help_text=_("不同意时写明。本级和审计人看得到，申报单位看不到。"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("意见不超过%(limit_value)d字，现在%(show_value)d字")},
    )


class AddForm(forms.Form):
    """One more signer."""

    signer = forms.ChoiceField(
        label=_("增加签署人"),
        error_messages={"required": _("选择签署人"), "invalid_choice": _("这个人现在不能选，重新选择")},
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, User] = {one.key: one.user for one in candidates if not one.bar}
        signer: Any = self.fields["signer"]
        signer.choices = [("", _("选择")), *((key, person.name) for key, person in self.people.items())]

    def clean_signer(self) -> User:
        """Return the person who was chosen."""
        return self.people[self.cleaned_data["signer"]]


def order_name(key: str) -> str:
    """Return the field of a signer's place in the order."""
    return f"order-{key}"


def terms_of(signing: SigningRound) -> dict[str, Any]:
    """Return what the form of a running round begins with."""
    return {
        "mode": signing.mode,
        "threshold": signing.threshold or None,
        "quorum": signing.quorum or None,
        "way": IN_ORDER if signing.in_order else AT_ONCE,
    }


def _explain(field: Any, consequences: dict[str, Any]) -> None:
    field.consequences = {str(key): words for key, words in consequences.items()}
