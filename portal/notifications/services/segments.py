"""The length of an SMS: 160 characters of the GSM alphabet or 70 others; less per part if there are
several."""

import unicodedata

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€\f"  # each takes the room of two
_PLAINER = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)
MOST = 2  # segments: what we pay for at most


def segments(text: str) -> int:
    """The number of parts of the SMS; each is paid for."""
    if _is_gsm(text):
        size, one, each = len(text) + sum(char in _EXTENDED for char in text), 160, 153
    else:
        size, one, each = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if size <= one else -(-size // each)


def fitted(text: str) -> str:
    """`text` in at most MOST segments. It is cut at a word if necessary. Accents are removed if
    they alone would more than double the price (`í` is not in the GSM alphabet, `ñ` is)."""
    text = text.translate(_PLAINER)
    bare = "".join(char if _is_gsm(char) else _bare(char) for char in text)
    if _is_gsm(bare):
        text = bare
    whole = text = text[: MOST * 160]
    while segments(text) > MOST:
        text = shortened(whole, len(text) - 1)
    return text


def shortened(text: str, length: int) -> str:
    """At most `length` characters, cut after a word if one ends in the second half of them."""
    if len(text) <= length:
        return text
    start = text[: length - 3]
    words = start.rpartition(" ")[0]
    kept = words if len(words) > length // 2 and not text[length - 3].isspace() else start
    return kept.rstrip(" ,.;:-") + "..."


def _is_gsm(text: str) -> bool:
    return all(char in _BASIC or char in _EXTENDED for char in text)


def _bare(char: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", char) if _is_gsm(one)) or char
