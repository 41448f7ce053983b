"""Folded names, for searching and sorting without regard to case, accents and punctuation."""

import unicodedata

from django.db import models
from django.db.models.lookups import Contains

# Letters that Unicode does not decompose but people type without their strokes and ligatures.
_PLAIN = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
_PLAIN |= {"æ": "ae", "œ": "oe", "þ": "th", "ə": "e"}
_MARKS = {"Pd", "Pi", "Pf", "Ps", "Pe"}  # dashes, quotes and brackets, as Unicode sorts them
# Quotes, hyphens, commas and dots that it sorts elsewhere; some of them count as letters.
_MORE_MARKS = "'\"`´ʹʺʻʼʽʾʿˈˊˋ′″‵‶ꞌ՚׳״" + ",،、;" + ".。·•‧∙⋅・" + "⁃−˗"
_UNSEEN = {"Cc", "Cf", "Cs"}  # control characters, marks of direction, halves of characters


class _Folding(dict):
    """The replacement of each character, computed when it first occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = _folded(chr(code))
        return self[code]


def _folded(char: str) -> str:
    kind = unicodedata.category(char)
    if char.isspace() or kind in _MARKS or char in _MORE_MARKS:
        return " "
    if unicodedata.combining(char) or kind in _UNSEEN:
        return ""
    return _PLAIN.get(char, char)


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`"José  O’Neill-Núñez,"` → `"jose o neill nunez"`: lower case, no accents, no punctuation,
    single spaces. Lists are sorted by it."""
    return " ".join(unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDING).split())


def joined(text: str) -> str:
    """`"O’Neill"`, `"o neill"` and `"ONeill"` are `"oneill"`: names are compared by it."""
    return fold(text).replace(" ", "")


def words_of(text: str) -> list[str]:
    """The words of a typed name, each to be searched in the joined name: `"O’Neill, Seán"` →
    `["oneill", "sean"]`."""
    words = (joined(word) for word in text.replace(",", " ").split())
    return [word for word in words if word]


_TURNING = {ord(char): None for char in "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e"}
_TURNING |= dict.fromkeys(range(8294, 8298))


def one_line(text: str) -> str:
    """A name as it is stored: on one line, without direction marks, which would reverse the text
    after it on a page."""
    return " ".join(text.translate(_TURNING).split())


class FoldedField(models.CharField):
    """Stores the folded copy of another field of the row, for searching and sorting.

    `<field>__joined` is the copy without its spaces.
    """

    def __init__(self, source: str, **kwargs):
        self.source = source
        super().__init__(editable=False, max_length=240, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"], kwargs["max_length"]
        return name, path, [self.source, *args], kwargs

    def db_parameters(self, connection):
        """Sorted by character, because PostgreSQL's other collations ignore spaces."""
        parameters = super().db_parameters(connection)
        return parameters | ({"collation": "C"} if connection.vendor == "postgresql" else {})

    def pre_save(self, model_instance, add):
        # Some characters fold to many.
        value = fold(getattr(model_instance, self.source))[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value


@FoldedField.register_lookup
class Joined(models.Transform):
    """The name without its spaces, so that “oneill” finds “o neill”. Indexes use this
    expression."""

    lookup_name = "joined"
    template = "REPLACE(%(expressions)s, ' ', '')"
    output_field = models.CharField()


@Joined.register_lookup
class PartOfName(Contains):
    """On PostgreSQL the index of parts has an expression of its own: it knows equality as well, and
    would be taken for whole names, for which it is a hundred times slower."""

    def process_lhs(self, compiler, connection, lhs=None):
        sql, parameters = super().process_lhs(compiler, connection, lhs)
        if connection.vendor == "postgresql":
            sql = f"({sql} || '')"
        return sql, parameters
