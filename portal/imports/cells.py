"""Cells of spreadsheets: as text, and safe to open in a spreadsheet program."""

from datetime import date, datetime, time

# A cell that begins with one of these is run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(text: str) -> str:
    """The text for a cell of a CSV file: an apostrophe stands before what might be a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def typed(value: object) -> str:
    """A cell of an XLSX file as somebody would have typed it; a date as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(str(value))


def plain(text: str) -> str:
    """Without the apostrophe that `safe` puts there, so that a refused row can come again."""
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
