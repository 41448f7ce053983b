"""The PDF of the own data (A13)."""

import contextlib
import json
import re
import zlib
from pathlib import Path

import pytest
import typst
from django.utils import timezone

from portal.own_data.queries.everything import everything_about
from portal.own_data.services import document, printing
from portal.own_data.services.printing import printed

pytestmark = pytest.mark.django_db


def pdf_of(user) -> bytes:
    return document.pdf(everything_about(user, at=timezone.now()))


def unpacked(made: bytes) -> bytes:
    """With its streams in clear."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    clear = []
    for stream in found:
        with contextlib.suppress(zlib.error):
            clear.append(zlib.decompress(stream))
    return made + b"".join(clear)


def headings_of(user, level: int) -> list[str]:
    """As typst itself reads the document."""
    data = json.dumps(printed(everything_about(user, at=timezone.now())))
    found = typst.query(
        str(document.TEMPLATE),
        f"heading.where(level: {level})",
        field="body",
        font_paths=document.fonts(),
        sys_inputs={"data": data},
    )
    return [one.get("text", "") for one in json.loads(found)]


def test_A13_the_pdf_has_a_title_a_language_and_headings(full):
    made = unpacked(pdf_of(full.user))

    assert made.startswith(b"%PDF-1.7")
    assert b"/Lang(en)" in made
    assert b"pdfuaid:part" in made
    assert "Your data: José Núñez" in made.decode(errors="ignore")  # in the XMP metadata
    assert headings_of(full.user, 1) == ["Your data: José Núñez"]
    assert "Your appointments and requests" in headings_of(full.user, 2)


@pytest.mark.parametrize("name", ["José Núñez Łoś", "Їжак Иванов", "Ελένη Παππά", "Nguyễn Văn"])
def test_A13_latin_cyrillic_and_greek_are_in_the_fonts(full, name):
    full.user.name = name

    data = json.dumps(printed(everything_about(full.user, at=timezone.now())))

    assert document.compiled(data, accessible=True).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["你好", "😀", "\uffff", "\u202eevil", "a\u0001b", "x" * 120])
def test_A13_no_character_makes_it_fail(full, name):
    full.user.name = name

    assert pdf_of(full.user).startswith(b"%PDF")


@pytest.mark.parametrize(
    "text", ['#panic("x")', '#read("/etc/passwd")', "= Heading", '"; #pagebreak()', "$x^2$ \\ *b*"]
)
def test_A13_what_people_typed_is_no_command(full, text):
    full.user.name = text

    assert headings_of(full.user, 1) == [f"Your data: {text}"]


def test_A13_of_very_many_records_the_last_ones_are_printed(full, monkeypatch):
    monkeypatch.setattr(printing, "MOST_PRINTED", 2)

    made = printed(everything_about(full.user, at=timezone.now()))

    appointments = next(one for one in made["sections"] if "appointments" in one["title"])
    assert len(appointments["blocks"]) == 2
    assert appointments["note"].startswith("These are the last 2 of 3.")


def test_A13_the_template_fetches_no_package():
    assert "@preview" not in Path(document.TEMPLATE).read_text()
    assert "#import" not in Path(document.TEMPLATE).read_text()
