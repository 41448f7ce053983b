"""Logs carry neither secrets nor personal data, and lead to the request."""

import io
import logging
import sys
from logging.config import dictConfig
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from gunicorn.config import Config

from clinic import gunicorn
from clinic.logs import Formatter, masked
from tests.factories import PatientFactory


@pytest.fixture
def log(settings):
    """What the portal's own handler writes while a test runs."""
    stream = io.StringIO()
    config = {**settings.LOGGING, "loggers": {}}
    dictConfig({**config, "root": {"handlers": ["stderr"], "level": "INFO"}})
    [handler] = [one for one in logging.root.handlers if isinstance(one.formatter, Formatter)]
    handler.setStream(stream)
    propagating = logging.getLogger("django")
    propagating.handlers = []
    yield stream
    logging.root.removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GET /search/?q=Ana%20Ruiz HTTP/1.1", "GET /search/?… HTTP/1.1"),
        ("Forbidden: /search/?ana", "Forbidden: /search/?…"),
        ("Why? Because", "Why? Because"),
        ("ana.ruiz+x@mail.example.org was refused", "… was refused"),
        ("The number +34 612 345 678 is no mobile", "The number … is no mobile"),
        ("Error\nDETAIL:  Key (name)=(Ana) exists.\nmore", "Error\nDETAIL:…\nmore"),
        ("Invalid request from ip=203.0.113.7: bad", "Invalid request from ip=… bad"),
        ("/attendance/abc/", "/attendance/…/"),
        (200, 200),
    ],
)
def test_lines_are_masked(text, said):
    assert masked(text) == said


def test_tracebacks_are_masked_too():
    try:
        raise ValueError("no such person: ana@example.org")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "Failed", None, sys.exc_info())

    text = Formatter("{message}", style="{").format(record)

    assert "Traceback" in text
    assert "ana@" not in text


@pytest.mark.django_db
def test_a_refusal_is_one_line_with_the_id_of_its_request(log):
    client = Client()
    client.force_login(PatientFactory().user)

    answers = [client.get(reverse("desk")), client.get("/no/such/page/"), client.put("/slots/")]

    assert [answer.status_code for answer in answers] == [403, 404, 405]
    lines = log.getvalue().splitlines()
    assert len(lines) == 3
    for line, answer in zip(lines, answers, strict=True):
        assert answer["X-Request-ID"] in line


@pytest.mark.django_db
def test_secret_addresses_and_searches_are_not_in_it(log):
    client = Client()
    for path in ("/calendar/s3cret.ics", "/attendance/s3cret/", "/attendance/s3cret"):
        client.get(path)
    client.force_login(PatientFactory().user)
    client.post("/search/?q=Ruiz")

    assert log.getvalue()
    assert "s3cret" not in log.getvalue()
    assert "Ruiz" not in log.getvalue()


def access_line(path: str, query: str = "", layout: str = gunicorn.access_log_format) -> str:
    raw = f"{path}?{query}" if query else path
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": raw,
        "PATH_INFO": path.replace("%61", "a"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "203.0.113.7",
        "HTTP_REFERER": f"https://clinic.example{raw}",
        "HTTP_COOKIE": "sessionid=s3cret",
    }
    request = SimpleNamespace(headers=[("COOKIE", "sessionid=s3cret"), ("REFERER", raw)])
    response = SimpleNamespace(status="200 OK", sent=1, headers=[("X-Request-ID", "the-id")])
    took = SimpleNamespace(seconds=0, microseconds=1)
    logger = gunicorn.logger_class(Config())
    return layout % logger.atoms_wrapper_class(logger.atoms(response, request, environ, took))


EVERYTHING = "%(r)s %(U)s %(q)s %(f)s %(u)s %({raw_uri}e)s %({path_info}e)s %({query_string}e)s"
EVERYTHING += " %({cookie}i)s %({referer}i)s %({http_cookie}e)s %({http_referer}e)s"


@pytest.mark.parametrize("layout", [gunicorn.access_log_format, EVERYTHING])
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/calendar/s3cret.ics", ""),
        ("/%61ttendance/s3cret/", "x=s3cret"),
        ("/accounts/password/reset/key/1-s3cret/", ""),
        ("/search/", "q=s3cret"),
    ],
)
def test_the_access_log_has_no_secret_and_no_search(path, query, layout):
    assert "s3cret" not in access_line(path, query, layout)


def test_the_access_log_names_the_request_and_no_person():
    line = access_line("/search/", "q=Ana")

    assert '"GET /search/?… HTTP/1.1" 200' in line
    assert line.endswith("the-id")
    assert "203.0.113.7" not in line
