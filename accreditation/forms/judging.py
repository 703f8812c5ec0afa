"""What the discussion of cards that lie far from the others found."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 2000


class DiscussionForm(forms.Form):
    """合议意见, and the cards that the page showed as marked when it was written."""

    finding = forms.CharField(
        label=_("合议意见"),
        max_length=LONGEST,
        help_text=_("写明为什么相差，合议后怎么看。专家组、市总工会和审计员看得到，写入不可更改的记录。"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("写明合议意见"),
            "max_length": _("合议意见不超过%(limit_value)d字，现在%(show_value)d字"),
        },
    )

    def cards(self) -> set[UUID]:
        """Return the cards that were shown; what is no card's address stands for none."""
        sent = self.data.getlist("card") if hasattr(self.data, "getlist") else []
        return {found for one in sent if (found := _uuid(one))}


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
