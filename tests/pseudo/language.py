"""A language that nobody speaks: English, longer, with accents, and in brackets.

It shows what the second language of the portal would meet. A text that was never marked for
translation has no brackets, a text that is put together from pieces has several, and a place that
only fits English overflows. The English words stay readable inside, so that the steps of the flows
find their buttons in both.
"""

from django.utils.translation import trans_real

CODE = "en-xa"
OPEN, CLOSE = "⟦", "⟧"
_PADDING = "·ñúéîö åßčğøłœ "  # in words, so that lines can break


def pseudo(text: str) -> str:
    """`text` in the pseudo-language: `Book` becomes `⟦Book·ñú⟧`. Nothing stays nothing."""
    if not text.strip():
        return text
    longer = max(2, len(text) * 2 // 5)
    padding = (_PADDING * (longer // len(_PADDING) + 1))[:longer].rstrip()
    return f"{OPEN}{text}{padding}{CLOSE}"


class PseudoTranslation:
    """What Django asks for translated texts, in place of a catalogue that was read from a file."""

    def gettext(self, message: str) -> str:
        return pseudo(message.rpartition(trans_real.CONTEXT_SEPARATOR)[2])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def language(self) -> str:
        return CODE

    def to_language(self) -> str:
        return CODE


def install() -> None:
    """From now on this process can speak it: `LANGUAGE_CODE = CODE` and `USE_I18N = True`."""
    trans_real._translations[CODE] = PseudoTranslation()
    trans_real._default = None
