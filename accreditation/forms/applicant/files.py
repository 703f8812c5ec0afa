"""The files of a step: a chooser for each kind of evidence, several files at once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accreditation.evidence_kinds import EVIDENCE_KINDS, evidence_label
from accreditation.services.evidence import NewFile
from accreditation.uploads import ACCEPT, Unacceptable, recognise


class FilesInput(forms.FileInput):
    """A chooser of several files."""

    allow_multiple_selected = True


class FilesField(forms.Field):
    """Files of one kind. Its value is what could be taken; what could not is told file by file."""

    widget = FilesInput

    def __init__(self, kind: str) -> None:
        label = evidence_label(kind)
        super().__init__(label=label, required=False, widget=FilesInput(attrs={"accept": ACCEPT}))
        self.kind = kind
        self.taken: list[NewFile] = []

    def clean(self, value: Sequence[UploadedFile] | None) -> list[NewFile]:
        self.taken, refused = [], []
        for file in value or []:
            try:
                self.taken.append(NewFile(self.kind, recognise(file, largest=settings.MAX_EVIDENCE_BYTES)))
            except Unacceptable as error:
                refused.append(str(error))
        if refused:
            raise ValidationError(refused)
        return self.taken


class FilesForm(forms.Form):
    """The files of one good. Field names are the kinds, ids `id_file-KIND`."""

    prefix = "file"

    def __init__(self, good: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in EVIDENCE_KINDS.get(good, {}):
            self.fields[kind] = FilesField(kind)

    def taken(self) -> list[NewFile]:
        """Return the files that can be taken, also when others of them cannot."""
        if not self.is_bound:
            return []
        self.full_clean()
        return [
            file for field in self.fields.values() if isinstance(field, FilesField) for file in field.taken
        ]
