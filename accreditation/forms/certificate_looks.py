"""How certificates look: the issuer's choices, and a design that an operator writes."""

from contextlib import suppress
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accreditation.queries.certificate_looks import newest_designs
from certificates.choices import LONGEST, MAY_BE_EMPTY, wrong_choices
from certificates.configuration import BOTH, CHINESE, Configuration, from_document
from certificates.designs import BUILT_IN, NAMES, UnknownDesign, own_design
from certificates.models import Design
from certificates.sandbox import MOST_CHARACTERS

LABELS: dict[str, Any] = {
    "issuer": _("颁发单位"),
    "issuer_en": _("颁发单位英文名称"),
    "title": _("授予的称号"),
    "title_en": _("称号英文名称"),
    "heading": _("证书标题"),
    "heading_en": _("证书标题英文"),
    "before": _("工作室名称之前的一行"),
    "before_en": _("之前一行的英文"),
    "after": _("工作室名称之后的一行"),
    "after_en": _("之后一行的英文"),
    "number_format": _("编号格式"),
    "seal_text": _("印章环形文字"),
    "seal_mark": _("印章中间文字"),
}
HINTS: dict[str, Any] = {
    "after": _("{title}处写入称号。"),
    "after_en": _("{title}处写入称号的英文名称。"),
    "number_format": _("{year}处写入年份，{serial:04d}处写入四位流水号。"),
    "seal_text": _("不填用颁发单位名称。"),
    "seal_mark": _("标明印章不是法定电子印章，如“示例”。"),
}
LINES = {"joint_issuers": _("联合颁发单位"), "joint_issuers_en": _("联合颁发单位英文名称")}


class LinesField(forms.CharField):
    """Names, one a line, in their order."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Names as lines."""
        return "\n".join(value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> tuple[str, ...]:
        """The lines that hold something."""
        return tuple(line.strip() for line in super().clean(value).splitlines() if line.strip())


class LookForm(forms.Form):
    """The issuer's choices; which sample the preview shows is not kept."""

    def __init__(self, sent: Any, *, chosen: Configuration) -> None:
        super().__init__(sent, initial=vars(chosen))
        for name, label in LABELS.items():
            optional = name in MAY_BE_EMPTY or name.endswith("_en")
            self.fields[name] = forms.CharField(
                label=label,
                max_length=LONGEST[name],
                required=not optional,
                help_text=HINTS.get(name, ""),
                error_messages={"required": _("填写这一项")},
                widget=forms.TextInput(attrs={"autocomplete": "off"} | _in_english(name)),
            )
        for name, label in LINES.items():
            self.fields[name] = LinesField(label=label, help_text=_("每行一个，按排列的先后。"))
            self.fields[name].widget.attrs.update(_in_english(name))
        self.fields["valid_years"] = forms.IntegerField(
            label=_("有效期"), min_value=1, max_value=20, error_messages={"required": _("填写有效期")}
        )
        self.fields["language"] = _choice(_("证书语言"), [(CHINESE, _("中文")), (BOTH, _("中英文"))])
        self.fields["design"] = _choice(_("证书样式"), designs_for(Design.Purpose.CERTIFICATE, chosen.design))
        self.fields["plaque"] = _choice(_("牌匾样式"), designs_for(Design.Purpose.PLAQUE, chosen.plaque))
        samples = [("short", pgettext_lazy("预览", "短名称")), ("long", pgettext_lazy("预览", "最长的名称"))]
        self.fields["sample"] = forms.ChoiceField(
            label=_("预览用"), choices=samples, initial="short", required=False
        )

    def chosen(self) -> Configuration:
        """The choices of a valid form."""
        return from_document({name: value for name, value in self.cleaned_data.items() if name != "sample"})

    def clean(self) -> dict[str, Any]:
        """What the fields alone cannot tell."""
        cleaned = super().clean() or {}
        if not self.errors:
            for wrong in wrong_choices(self.chosen()):
                self.add_error(wrong.field, wrong.message)
        return cleaned

    @property
    def is_long(self) -> bool:
        """Whether the preview shows the longest names."""
        return self.data.get("sample") == "long"


class DesignForm(forms.Form):
    """A design that an operator writes."""

    name = forms.CharField(
        label=_("样式名称"),
        max_length=40,
        help_text=_("同名的样式存为新的一版，原来的版本保留。"),
        error_messages={"required": _("填写样式名称")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    template = forms.CharField(
        label=_("模板（HTML）"),
        max_length=MOST_CHARACTERS,
        strip=False,
        error_messages={"required": _("填写模板")},
        widget=forms.Textarea(attrs={"rows": 18, "class": "w-code", "spellcheck": "false"}),
    )
    sheet = forms.CharField(
        label=_("样式表（CSS）"),
        max_length=MOST_CHARACTERS,
        strip=False,
        error_messages={"required": _("填写样式表")},
        widget=forms.Textarea(attrs={"rows": 24, "class": "w-code", "spellcheck": "false"}),
    )


def _in_english(name: str) -> dict[str, str]:
    return {"lang": "en"} if name.endswith("_en") else {}


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("选择一项"), "invalid_choice": _("选择列出的一项")},
    )


def designs_for(purpose: Design.Purpose, current: str) -> list[tuple[str, Any]]:
    """Return the designs to choose from: ours, the newest of each operator's, and the one that is in force."""
    choices: list[tuple[str, Any]] = [(key, NAMES[key]) for key in BUILT_IN[purpose]]
    choices += [(str(one.public_id), design_name(one)) for one in newest_designs().filter(purpose=purpose)]
    if current not in dict(choices):
        with suppress(UnknownDesign):
            choices.append((current, design_name(own_design(current))))
    return choices


def design_name(design: Design) -> str:
    """Return the name of an operator's design with its version."""
    return gettext("%(name)s（第%(version)d版）") % {"name": design.name, "version": design.version}
