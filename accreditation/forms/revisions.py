"""Which two revisions are compared."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Application


def _revision_field(label: Any) -> forms.TypedChoiceField:
    wrong = gettext_lazy("选择一个版本")
    return forms.TypedChoiceField(
        label=label, coerce=int, error_messages={"required": wrong, "invalid_choice": wrong}
    )


class CompareForm(forms.Form):
    """A GET form. In which order the two are chosen makes no difference."""

    before = _revision_field(gettext_lazy("比较"))
    after = _revision_field(gettext_lazy("与"))

    def __init__(self, data: Any, application: Application) -> None:
        last = application.revision_number
        super().__init__(data, initial={"before": last - 1, "after": last})
        choices = [(number, _("第%(number)d版") % {"number": number}) for number in range(1, last + 1)]
        for name in ("before", "after"):
            field: Any = self.fields[name]
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Refuse a revision beside itself."""
        said = super().clean() or {}
        if said.get("before") and said.get("before") == said.get("after"):
            raise ValidationError({"after": _("选择两个不同的版本")})
        return said
