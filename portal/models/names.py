"""Names that can be searched in any case and without accents."""

import unicodedata

from django.db import models

# Letters that Unicode does not decompose but people type without their strokes and ligatures.
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def fold(text: str) -> str:
    """`"José  Núñez"` → `"jose nunez"`: lower case, no accents, single spaces."""
    # PostgreSQL cannot take a text with a NUL in it, not even to look for one.
    decomposed = unicodedata.normalize("NFKD", text.replace("\0", "").casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.translate(_PLAIN).split())


class FoldedField(models.CharField):
    """Keeps the folded copy of another field of the row, for searching."""

    def __init__(self, source: str, **kwargs):
        self.source = source
        super().__init__(editable=False, max_length=240, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"], kwargs["max_length"]
        return name, path, [self.source, *args], kwargs

    def pre_save(self, model_instance, add):
        value = fold(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value
