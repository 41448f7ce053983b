"""Choosing a photo (requirement A02)."""

from django import forms
from django.utils.translation import gettext as _

from portal.gateways.photos import Photo
from portal.web.photo_fields import PhotoField


class PhotoForm(forms.Form):
    photo = PhotoField()

    def clean_photo(self) -> Photo:
        if not self.cleaned_data["photo"]:
            raise forms.ValidationError(_("Choose a photo."))
        return self.cleaned_data["photo"]
