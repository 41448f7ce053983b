"""The layout of a mail. Its HTML is made from its plain text by three conventions, so both say the
same.

- A paragraph whose last line is a URL of the portal is a link; the words above are its label.
- A paragraph of lines such as `  When: Tuesday`, indented by two spaces, is a list of details.
- Everything after a line `-- ` is small print.
"""

import re
import unicodedata
from dataclasses import dataclass

_JOINERS = "\u200c\u200d"  # some scripts, and many emoji, are not themselves without these
_DETAIL = re.compile(r"  (\S.*?): (.+)")
_SMALL_PRINT = "\n-- \n"


@dataclass(frozen=True)
class Paragraph:
    text: str = ""
    url: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Letter:
    body: tuple[Paragraph, ...]
    small_print: tuple[Paragraph, ...]


def one_line(words: str) -> str:
    """A typed text, safe for a header or the middle of a line: without line breaks, control
    characters and marks that change the text direction."""
    words = " ".join(words.split())
    if words.isprintable():  # nearly all are, and a list asks this hundreds of times
        return words
    kept = (
        char
        for char in words
        if char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return "".join(kept).strip()


def lines(words: str) -> str:
    """The same for a text of several lines, so that none of them can look like a line of the
    template."""
    cleaned = "\n".join(one_line(line) for line in words.splitlines())
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)^--$", "–", cleaned)).strip()


def tidy(text: str) -> str:
    """A rendered text without the blank lines that template tags leave."""
    return re.sub(r"\n(\s*\n)+", "\n\n", text).strip() + "\n"


def letter(text: str, *, origin: str) -> Letter:
    """The parts of a tidy text. `origin` is the portal's; only URLs that begin with it become
    links."""
    body, _mark, small = text.partition(_SMALL_PRINT)
    return Letter(_paragraphs(body, origin), _paragraphs(small, origin))


def _paragraphs(text: str, origin: str) -> tuple[Paragraph, ...]:
    parts = (part.strip("\n") for part in text.split("\n\n"))
    return tuple(_paragraph(part, origin) for part in parts if part.strip())


def _paragraph(part: str, origin: str) -> Paragraph:
    written = part.splitlines()
    details = [found for line in written if (found := _DETAIL.fullmatch(line))]
    if len(details) == len(written):
        return Paragraph(details=tuple((found[1], found[2]) for found in details))
    words, _newline, last = part.rpartition("\n")
    if last == origin or (last.startswith(f"{origin}/") and " " not in last):
        return Paragraph(text=words.strip().removesuffix(":"), url=last)
    return Paragraph(text=part.strip())
