"""Files of other systems: encodings, separators, and what cannot be read (A18)."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from portal.errors import PortalError
from portal.imports import tables, workbooks
from portal.imports.cells import plain, safe
from portal.imports.dates import day_in, guessed

TEXT = "Name;Straße\nJosé;1\n"


def xlsx(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("latin-1"),
        TEXT.encode("cp1252"),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", "|").encode(),
        b"sep=;\r\n" + TEXT.encode(),
        xlsx(["Name", "Straße"], ["José", 1]),
    ],
)
def test_A18_encodings_and_separators_are_found_out(content):
    table = tables.opened(content)

    assert table.header == ["Name", "Straße"]
    assert table.sample == [(2, ["José", "1"])]


def test_A18_a_quoted_cell_may_have_breaks_and_separators():
    table = tables.opened(b'Name,Address\n"Ruiz, Ana","Main Street 1\nMadrid"\n')

    assert table.sample[0][1] == ["Ruiz, Ana", "Main Street 1\nMadrid"]


def test_A18_a_workbook_gives_dates_and_whole_numbers_as_text():
    content = xlsx(["Name", "Born", "Phone"], ["Ana", date(1980, 3, 25), 600111222.0], [], ["B"])

    assert tables.opened(content).sample == [(2, ["Ana", "1980-03-25", "600111222"]), (4, ["B"])]


BAD = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n ", "is empty"),
    "only a header": (b"Name,Phone\n", "no further rows"),
    "no header": (b"Ana Ruiz,600 111 222,1980-03-25\nBo,600 111 223,1980-03-26\n", "must name"),
    "duplicated header": (b"Name,Phone,PHONE\nAna,1,2\n", "Two columns are named"),
    "binary": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a text file"),
    "NUL": (b"Name\nAna\0Ruiz\n", "not a text file"),
    "long cell": (b"Name\n" + b"x" * 1_000_000, "cell"),
    "rather long cell": (b"Name\n" + b"x" * 6_000, "more than 5,000"),
    "open quote": (b'Name\n"Ana\n' + b"Bo\n" * 100_000, "quotation mark"),
    "many columns": (b",".join(b"c%d" % n for n in range(300)) + b"\nx\n", "200 columns"),
    "old Excel": (workbooks.OLE + bytes(600), "old Excel"),
    "password": (workbooks.OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "another zip": (packed(a=b"x"), "no Excel workbook"),
    "damaged zip": (b"PK\x03\x04" + bytes(50), "damaged"),
    "damaged workbook": (packed(xl__workbook_xml=b"<a"), "damaged"),
    "entities": (packed(xl__workbook_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "damaged"),
    "too large": (b"x" * (tables.MOST_BYTES + 1), "20 MB"),
}


@pytest.mark.parametrize(("content", "sentence"), BAD.values(), ids=BAD)
def test_A18_what_cannot_be_read_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(PortalError, match=sentence) as refusal:
        tables.opened(content)

    assert refusal.value.field == "file"


def test_A18_a_workbook_that_grows_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_UNPACKED_BYTES", 10_000)

    with pytest.raises(PortalError, match="unpacked"):
        tables.opened(packed(xl__workbook_xml=b"", bomb=bytes(10_001)))


def test_A18_more_rows_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)

    with pytest.raises(PortalError, match="rows"):
        list(tables.data_rows(b"Name\na\nb\nc\n"))


TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("25.03.1961", "dmy", date(1961, 3, 25)),
        ("3/25/61", "mdy", date(1961, 3, 25)),
        ("1961-03-25 00:00:00", "dmy", date(1961, 3, 25)),
        ("25/3/26", "dmy", date(2026, 3, 25)),
        ("25/12/26", "dmy", date(1926, 12, 25)),
        ("19610325", "iso", date(1961, 3, 25)),
        ("22365", "serial", date(1961, 3, 25)),
        ("25 March 1961", "dmy", date(1961, 3, 25)),
        ("03/25/1961", "dmy", None),  # never swapped in silence
        ("25.03.1961", "iso", None),
        ("31.02.1990", "dmy", None),
        ("0000-00-00", "iso", None),
        ("99999999", "dmy", None),
        ("²", "serial", None),
    ],
)
def test_A18_dates_are_read_in_one_order(text, order, day):
    assert day_in(text, order, today=TODAY) == day


@pytest.mark.parametrize(
    ("texts", "region", "order"),
    [
        (["25.03.1961", "01.02.1990"], "ES", "dmy"),
        (["03/25/1961", "01/02/1990"], "ES", "mdy"),
        (["01/02/1990"], "ES", "dmy"),
        (["01/02/1990"], "US", "mdy"),
        (["1961-03-25"], "ES", "iso"),
        (["22365", "30000"], "ES", "serial"),
    ],
)
def test_A18_the_order_is_guessed_from_the_column(texts, region, order):
    assert guessed(texts, region=region, today=TODAY) == order


@pytest.mark.parametrize("text", ["=1+1", "+34 600", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_A18_no_cell_begins_like_a_formula(text):
    assert safe(text) == f"'{text}"
    assert plain(safe("=1+1")) == "=1+1"
    assert safe("O’Neill") == "O’Neill"
