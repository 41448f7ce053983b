"""What is no text does not enter, and whoever typed it is told."""

import pytest
from django.contrib.messages import get_messages
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from clinic.wsgi import application
from portal.models import Patient
from portal.people.services import patients
from portal.web.typed_text import cleaned, is_text
from tests.factories import AdminFactory, PatientFactory

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
PROFILE = {
    "name": "Ana Sol",
    "phone": "600111222",
    "date_of_birth": "1980-03-04",
    "address": "1 Harbour Street",
    "username": "",
}


@pytest.fixture
def patient(client):
    patient = PatientFactory(name="Ana Sol")
    client.force_login(patient.user)
    return patient


@pytest.mark.parametrize("url", ["/doctors/?q=a%00b", "/slots/?%00=1", "/search/?q=%1b"])
def test_an_address_that_is_no_text_is_answered_400(client, patient, url):
    response = client.get(url)

    assert response.status_code == 400
    assert "could not be read" in response.content.decode()


def test_a_part_of_a_path_that_is_no_text_is_not_found(client):
    assert client.get("/calendar/a%00b.ics").status_code == 404


def test_what_cannot_be_seen_is_left_out_of_a_form_and_that_is_said(client, patient):
    typed = PROFILE | {"name": "Ana\0 \u202eSol\u2066", "address": "1 Harbour\x0bStreet"}

    response = client.post("/profile/", typed)

    patient.refresh_from_db()
    assert response.status_code == 302
    assert patient.name == "Ana Sol"
    assert any("left out" in str(one) for one in get_messages(response.wsgi_request))


def test_names_are_of_one_line_without_marks_of_direction(client, patient):
    client.post("/profile/", PROFILE | {"name": "Ana\r\n\u200fSol\u200e"})

    patient.refresh_from_db()
    assert patient.name == "Ana Sol"
    assert patient.user.__class__.objects.get(pk=patient.user_id).name == "Ana Sol"


@pytest.fixture
def kept_connection():
    """The application ends the connection after a request, which is the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def asked(charset: str, method: str) -> str:
    """The status that the application itself answers with, without the test client's request."""
    environ = RequestFactory().generic(method, "/doctors/?q=ana", b"q=ana").environ
    told = []
    kind = f"{FORM}; charset={charset}"
    answer = application({**environ, "CONTENT_TYPE": kind}, lambda *status: told.append(status[0]))
    answer.close()
    return told[0][:3]


CHARSETS = ("rot13", "idna", "hex", "utf-7", "foo", "unicode_escape", "zip", "undefined", "é")


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_charset_is_answered_400(kept_connection, charset, method):
    assert asked(charset, method) == "400"


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "utf_8", ""])
def test_utf_8_is_known_by_all_its_names(kept_connection, charset):
    assert asked(charset, "GET") == "200"


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages"])
def test_a_cookie_that_is_no_text_is_none(client, name):
    client.cookies[name] = "a\0b"

    assert client.get("/").status_code == 200
    assert client.get("/dashboard/").status_code == 302


def test_a_report_that_is_no_text_is_refused(client):
    response = client.post("/hooks/sms/", "MessageSid=a%00b", content_type=FORM)

    assert response.status_code == 400


@pytest.mark.parametrize("text", ["Núñez", "אבי", "two\nlines\r\n", "a\tb", "🙂", "\u200f"])
def test_text_stays_as_it_is(text):
    assert is_text(text)
    assert cleaned(text) == text


def test_lines_of_a_word_processor_are_lines():
    assert cleaned("one\x0btwo\u2028three\0") == "one\ntwo\nthree"


def test_the_desk_enters_a_name_of_one_line(client):
    patients.enter("Ana\n\u200f Sol ,", phone="+34600111222", by=AdminFactory())

    assert Patient.objects.get(phone="+34600111222").name == "Ana Sol ,"
