"""The record of a site visit: day, people, findings and photos."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accreditation.forms.applicant.files import FilesInput
from accreditation.models import SiteVisitPhoto
from accreditation.services.site_visits import MOST_PHOTOS, Content
from accreditation.uploads import ACCEPT_PHOTOS, Unacceptable, Upload, recognise_photo

LONGEST = 4000


class PhotosField(forms.Field):
    """Photos, several at once. What is no photo is told file by file, and then none is taken."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=FilesInput(attrs={"accept": ACCEPT_PHOTOS}), **kwargs)

    def clean(self, value: Sequence[UploadedFile] | None) -> list[Upload]:
        taken, refused = [], []
        for file in value or []:
            try:
                taken.append(recognise_photo(file, largest=settings.MAX_EVIDENCE_BYTES))
            except Unacceptable as error:
                refused.append(str(error))
        if refused:
            raise ValidationError(refused)
        return taken


class SiteVisitForm(forms.Form):
    """A visit. `kept` are photos of the record that this one corrects; without one there are none."""

    visited_on = forms.DateField(
        label=_("考察日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("填写考察日期"), "invalid": _("填写考察日期，如2026-09-16")},
    )
    people = forms.CharField(
        label=_("考察人员"),
        max_length=200,
        help_text=_("姓名之间用顿号隔开。"),
        error_messages={
            "required": _("填写考察人员"),
            "max_length": _("考察人员不超过%(limit_value)d字，现在%(show_value)d字"),
        },
    )
    findings = forms.CharField(
        label=_("考察情况"),
        max_length=LONGEST,
        help_text=_("看了什么，问了谁，与申报材料是否相符。申报单位看不到。"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": _("填写考察情况"),
            "max_length": _("考察情况不超过%(limit_value)d字，现在%(show_value)d字"),
        },
    )
    kept = forms.MultipleChoiceField(
        label=_("保留的照片"), required=False, widget=forms.CheckboxSelectMultiple
    )
    photos = PhotosField(label=_("照片"))

    def __init__(self, *args: Any, earlier: Sequence[SiteVisitPhoto] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].help_text = gettext("JPEG或PNG，最多%(most)d张。") % {"most": MOST_PHOTOS}
        kept: Any = self.fields["kept"]
        kept.choices = [(str(photo.public_id), photo.name) for photo in earlier]
        if not earlier:
            del self.fields["kept"]

    @property
    def had_files(self) -> bool:
        """Whether photos were sent: a browser cannot keep them in a form that is shown again."""
        return bool(self.is_bound and self.files.get("photos"))

    def content(self) -> Content:
        """Return what was filled in. The form is valid."""
        given = self.cleaned_data
        return Content(
            visited_on=given["visited_on"],
            people=given["people"],
            findings=given["findings"],
            photos=given["photos"],
            kept=[UUID(code) for code in given.get("kept", ())],
        )
