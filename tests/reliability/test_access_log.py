"""The access log of a real web server, turned on by its operator."""

from tests.servers.client import Client


def test_the_access_log_has_the_ids_but_no_secret_and_no_search(start_portal):
    portal = start_portal(workers=1, GUNICORN_CMD_ARGS="--access-logfile=-")
    client = Client(portal.url)

    answers = [
        client.get("/attendance/s3cret/"),
        client.get("/accounts/password/reset/key/1-s3cret/"),
        client.get("/search/?q=s3cret", Referer="/calendar/s3cret.ics", Cookie="sessionid=s3cret"),
        client.post("/calendar/s3cret.ics"),
    ]

    assert [answer.status for answer in answers] == [404, 200, 302, 405]
    assert '"GET /attendance/…/ HTTP/1.1" 404' in portal.log
    assert '"GET /search/?… HTTP/1.1" 302' in portal.log
    assert all(answer.headers["X-Request-ID"] in portal.log for answer in answers)
    assert "s3cret" not in portal.log
