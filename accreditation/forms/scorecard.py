"""An expert's scorecard: a mark and a comment for each judged indicator."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accreditation.figures import plain
from accreditation.forms.review import LONGEST
from accreditation.models import Scorecard
from accreditation.rubric import Indicator, Rubric
from accreditation.scoring import CardProblem


class CardForm(forms.Form):
    """A scorecard: for each judged indicator a mark and a comment. An empty mark is not given yet."""

    def __init__(self, *args: Any, rubric: Rubric, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        for indicator in rubric.judged:
            self.fields[mark_name(indicator.code)] = _mark_field(indicator, rubric)
            self.fields[comment_name(indicator.code)] = forms.CharField(
                label=_("“%(title)s”的评语") % {"title": indicator.title.local()},
                required=False,
                max_length=LONGEST,
                error_messages={"max_length": _("评语不超过%(limit_value)d字，现在%(show_value)d字")},
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def judged(self) -> dict[str, Decimal | None]:
        """Return the marks by indicator; None where none is given or what was typed is none."""
        return {one.code: self.cleaned_data.get(mark_name(one.code)) for one in self.rubric.judged}

    def comments(self) -> dict[str, str]:
        """Return the comments by indicator."""
        return {one.code: self.cleaned_data.get(comment_name(one.code), "") for one in self.rubric.judged}

    def show(self, problems: Sequence[CardProblem]) -> None:
        """Put what keeps the card from being handed in beside its marks."""
        for problem in problems:
            name = mark_name(problem.code)
            self.add_error(name if name in self.fields else None, problem.message)


def mark_name(code: str) -> str:
    """Return the field of an indicator's mark."""
    return f"mark-{code}"


def comment_name(code: str) -> str:
    """Return the field of an indicator's comment."""
    return f"comment-{code}"


def card_initial(card: Scorecard) -> dict[str, str]:
    """Return what a saved card shows when it is opened again."""
    initial = {}
    for code, mark in card.marks.items():
        initial[mark_name(code)] = mark.get("points", "")
        initial[comment_name(code)] = mark.get("comment", "")
    return initial


def _mark_field(indicator: Indicator, rubric: Rubric) -> forms.DecimalField:
    said = {"max": plain(indicator.points), "step": plain(rubric.mark_step), "title": indicator.title.local()}
    wrong = _("“%(title)s”填0至%(max)s分，以%(step)s分为一档") % said
    return forms.DecimalField(
        label=indicator.title.local(),
        required=False,
        min_value=Decimal(0),
        max_value=indicator.points,
        step_size=rubric.mark_step,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value", "step_size", "max_digits"), wrong),
        widget=forms.TextInput(
            attrs={
                "inputmode": "decimal",
                "autocomplete": "off",
                "aria-describedby": f"wrong-{indicator.code}",
            }
        ),
    )
