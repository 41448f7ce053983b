"""The web server's own log (requirement B22)."""

from types import SimpleNamespace

from gunicorn.config import Config

from clinic import gunicorn


def test_B22_an_access_log_that_is_turned_on_has_no_secret_address():
    path = "/calendar/abc.def.ics"
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": path,
        "PATH_INFO": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://clinic.example{path}",
    }
    request = SimpleNamespace(headers=[])
    response = SimpleNamespace(status="200 OK", sent=1, headers=[])
    took = SimpleNamespace(seconds=0, microseconds=1)

    atoms = gunicorn.logger_class(Config()).atoms(response, request, environ, took)

    assert atoms["r"] == "GET /calendar/….ics HTTP/1.1"
    assert not [value for value in atoms.values() if "abc.def" in str(value)]
