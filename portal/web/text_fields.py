"""Text fields for one line, such as names."""

from django import forms

from portal.models.names import one_line


class LineField(forms.CharField):
    """One line, whatever was pasted, without direction marks."""

    def to_python(self, value) -> str:
        return one_line(super().to_python(value) or "")
