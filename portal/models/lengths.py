"""How long the texts in a model's fields may be."""

from django.db.models import Model


def longest(model: type[Model], name: str) -> int:
    """The most characters that this text field of `model` holds."""
    length = getattr(model._meta.get_field(name), "max_length", None)
    if length is None:
        raise TypeError(f"{model.__name__}.{name} has no longest text.")
    return length
