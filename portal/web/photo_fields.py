"""A form field for a photo (A02)."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from portal.gateways import photos


class PhotoField(forms.FileField):
    """Optional. Its value is a `photos.Photo`, or None if no file was chosen."""

    widget = forms.FileInput

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Photo"))
        kwargs.setdefault(
            "help_text",
            _("JPEG, PNG or WebP, at most 10 MB. The middle of it is cut out as a square."),
        )
        super().__init__(required=False, **kwargs)
        self.error_messages |= {
            "empty": _("This file is empty. Choose another."),
            "invalid": _("Choose a photo as a JPEG, PNG or WebP file."),
            "missing": _("Choose a photo as a JPEG, PNG or WebP file."),
        }

    def widget_attrs(self, widget) -> dict:
        return {"accept": "image/jpeg,image/png,image/webp"}

    def clean(self, data: UploadedFile | None, initial=None) -> photos.Photo | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return photos.read(file, size_bytes=file.size)
        except photos.BadPhoto as error:
            raise forms.ValidationError(str(error)) from error
