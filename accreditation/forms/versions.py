"""Which versions a cycle names, and which applications are moved to which."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.picks import PicksField
from accreditation.models import Cycle
from accreditation.queries.versions import ON_THE_WAY, rubrics
from accreditation.services.versions import Target
from accreditation.states import State
from accreditation.versions import VERSIONS, version

LONGEST = 2000
AS_IT_IS = _("不改")


def process_choices() -> list[tuple[str, Any]]:
    """Return the versions of the process with what they are."""
    return [
        (code, _("%(code)s：%(told)s") % {"code": code, "told": one.told}) for code, one in VERSIONS.items()
    ]


class VersionsForm(forms.Form):
    """The process and the rubric of what is submitted to a cycle from now on."""

    process = forms.ChoiceField(
        label=_("流程版本"),
        widget=forms.RadioSelect,
        error_messages={"required": _("选择流程版本"), "invalid_choice": _("选择流程版本")},
    )
    rubric = forms.ModelChoiceField(
        label=_("评审标准"),
        queryset=rubrics(),
        to_field_name="version",
        empty_label=None,
        error_messages={"required": _("选择评审标准"), "invalid_choice": _("选择评审标准")},
    )

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(process=version(cycle.process_version).code, rubric=cycle.rubric.version)
        process: Any = self.fields["process"]
        process.choices = process_choices()


class OnTheWaySearch(forms.Form):
    """Which of the applications on their way are listed: by state and by version."""

    state = forms.ChoiceField(label=_("环节"), required=False)
    process = forms.ChoiceField(label=_("流程版本"), required=False)
    rubric = forms.ModelChoiceField(
        label=_("评审标准"),
        queryset=rubrics(),
        to_field_name="version",
        required=False,
        empty_label=_("全部"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["state"].choices = [("", _("全部")), *((state, State(state).label) for state in ON_THE_WAY)]
        choices["process"].choices = [("", _("全部")), *((code, code) for code in VERSIONS)]

    def narrowed(self) -> dict[str, str]:
        """Return what `on_the_way` takes; what the address says wrongly narrows nothing."""
        self.is_valid()
        rubric = self.cleaned_data.get("rubric")
        return {
            "state": self.cleaned_data.get("state", ""),
            "process": self.cleaned_data.get("process", ""),
            "rubric": rubric.version if rubric else "",
        }


class MoveForm(forms.Form):
    """The applications to move, where to, and why."""

    applications = PicksField(label=_("申报"), error_messages={"required": _("选择要移动的申报")})
    process = forms.ChoiceField(label=_("改用流程"), required=False)
    rubric = forms.ModelChoiceField(
        label=_("改用评审标准"),
        queryset=rubrics(),
        to_field_name="version",
        required=False,
        empty_label=AS_IT_IS,
        error_messages={"invalid_choice": _("选择评审标准")},
    )
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("写入每一件的不可更改的记录，申报单位看得到。"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("写明理由"),
            "max_length": _("理由不超过%(limit_value)d字，现在%(show_value)d字"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        process: Any = self.fields["process"]
        process.choices = [("", AS_IT_IS), *process_choices()]

    def clean(self) -> dict[str, Any]:
        """One of the two at least must be chosen."""
        chosen = self.cleaned_data
        if not self.errors and not chosen.get("process") and not chosen.get("rubric"):
            self.add_error("process", _("选择改用的流程或评审标准"))
        return chosen

    def target(self) -> Target:
        """Return where the applications are moved to. A clean form only."""
        return Target(self.cleaned_data["process"], self.cleaned_data["rubric"])
