"""Makes the PDF of the own data."""

import json
from functools import cache
from pathlib import Path

import typst

from portal.own_data.queries.everything import Everything
from portal.own_data.services.printing import printed

TEMPLATE = Path(__file__).resolve().parent.parent / "document.typ"


def pdf(made: Everything) -> bytes:
    """The document; accessible as PDF/UA-1 unless a character is in none of typst's fonts.

    Such a character is printed as an empty box. People's texts are data of the template, never part
    of it, so nothing in them is a command.
    """
    data = json.dumps(printed(made), ensure_ascii=False)
    try:
        return compiled(data, accessible=True)
    except typst.TypstError:
        return compiled(data, accessible=False)


def compiled(data: str, *, accessible: bool) -> bytes:
    """`data`: the JSON that document.typ reads. Raises TypstError."""
    return typst.compile(
        str(TEMPLATE),
        format="pdf",
        font_paths=fonts(),
        sys_inputs={"data": data},
        pdf_standards=["ua-1"] if accessible else [],
    )


@cache
def fonts() -> typst.Fonts:
    """Those that typst brings: the same on every machine, with Latin, Greek, Cyrillic and more."""
    return typst.Fonts(include_system_fonts=False)
