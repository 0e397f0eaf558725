"""NHS England's monthly workbook, checked before anything of it is stored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from capacity.workbooks import Month, NotAWorkbook, read_file

# A column that cannot be read is a remark a line.
MOST_TOLD = 12


class UploadForm(forms.Form):
    """Valid only when every cell was read and all adds up, or the reader said to go on without."""

    workbook = forms.FileField(
        label="Monthly workbook",
        help_text="The file (.xlsx) as NHS England publishes it under Virtual Ward statistics.",
        error_messages={
            "required": "Choose the workbook.",
            "empty": "The file is empty.",
            "missing": "Choose the workbook.",
            "invalid": "Choose the workbook.",
        },
        widget=forms.FileInput(
            attrs={
                "accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
    )
    without = forms.BooleanField(
        label="Import the rest where some of it cannot be read or does not add up", required=False
    )

    month: Month | None = None

    def clean_workbook(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["workbook"]
        try:
            self.month = read_file(file, file.name or "")
        except NotAWorkbook as why:
            raise ValidationError(str(why)) from why
        return file

    def clean(self) -> dict[str, Any]:
        """What could not be read is told cell by cell, beside the file."""
        cleaned = super().clean() or {}
        if self.month and not cleaned.get("without"):
            for words in _told(self.month):
                self.add_error("workbook", words)
        return cleaned


def _told(month: Month) -> list[str]:
    told = [f"Not read: {remark}" for remark in month.unread]
    told += [f"Does not add up: {remark}" for remark in month.doubts]
    more = len(told) - MOST_TOLD
    return [*told[:MOST_TOLD], f"And {more} more."] if more > 0 else told
