"""An admin says who has asked for an erasure, and how (requirement A19)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import ErasureRequest
from portal.models.lengths import longest
from portal.web.text_fields import LineField


class ReasonForm(forms.Form):
    reason = LineField(
        label=_("Who has asked for it, and how"),
        help_text=_("For the record, such as “by letter of 3 March, identity card seen”."),
        max_length=longest(ErasureRequest, "reason"),
        error_messages={"required": _("Say who has asked for it, and how.")},
    )
