"""The forms on a page, and which names of a query or a form a view reads."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.utils.datastructures import MultiValueDict

from tests.factories import in_days


class Forms(HTMLParser):
    """What a browser would send of each form: (action, names with a value)."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            action = urlsplit(given.get("action") or "").path
            self.found.append((action, {}))
        if not self.found:
            return
        fields, name = self.found[-1][1], given.get("name")
        if tag == "select":
            self._select = name or ""
        elif tag == "option" and self._select and given.get("value"):
            fields.setdefault(self._select, given["value"])
        elif tag in ("input", "textarea", "button") and name:
            fields.setdefault(name, given.get("value") or _plausible(given.get("type")))

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = ""


def _plausible(kind: str | None) -> str:
    by_kind = {
        "date": in_days(3).date().isoformat(),
        "time": "10:00",
        "number": "6",
        "tel": "600111222",
        "email": "new@example.org",
        "checkbox": "on",
    }
    return by_kind.get(kind, "Ana Sol")


class Names:
    """The names that are looked up in queries and forms while a page is made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.read: set[str] = set()
        for method in ("__getitem__", "get", "getlist"):
            monkeypatch.setattr(MultiValueDict, method, self._noting(method))
        monkeypatch.setattr(MultiValueDict, "__contains__", self._noting("__contains__"))

    def _noting(self, method: str):
        plain = getattr(MultiValueDict, method)

        def noting(data, name, *args):
            if isinstance(name, str):
                self.read.add(name)
            return plain(data, name, *args)

        return noting

    def take(self) -> set[str]:
        read, self.read = self.read, set()
        return read - {"csrfmiddlewaretoken"}
