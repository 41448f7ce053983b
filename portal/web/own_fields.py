"""A form's own fields, as what they were declared to be."""

from typing import TypeVar

from django.forms import BaseForm, Field

Kind = TypeVar("Kind", bound=Field)


def own_field(form: BaseForm, name: str, kind: type[Kind]) -> Kind:
    """The field `name` of this form: `form.fields[name]`, known to be a `kind`."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(f"{name} is a {type(field).__name__}, not a {kind.__name__}.")
    return field
