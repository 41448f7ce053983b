"""Fixtures of the tests that need other processes or services than their own."""

import pytest

from tests.servers.sendgrid import KEY, SendGrid
from tests.servers.twilio import Twilio

FIXTURES = {"portal", "start_portal"}


def pytest_collection_modifyitems(items):
    for item in items:
        if FIXTURES & set(item.fixturenames):
            item.add_marker("reliability")


@pytest.fixture
def start_portal():
    """Start portals, each with a database of its own: `start_portal(workers=4, CACHE_URL=…)`.

    `gunicorn` are the arguments of Python that start the web server, if sync workers are not meant.
    """
    from tests.servers.portal import GUNICORN, Portal  # deferred: Django is not set up yet

    started = []

    def start(
        application="clinic.wsgi", *, workers: int = 3, gunicorn: str = "", **environment: str
    ) -> Portal:
        gunicorn = gunicorn or f"{GUNICORN} --workers={workers}"
        portal = Portal(application=application, gunicorn=gunicorn, environment=environment)
        started.append(portal)
        portal.wait_until_ready()
        return portal

    yield start
    for portal in started:
        portal.stop()


@pytest.fixture
def portal(start_portal, django_db_blocker):
    """A running portal; the test's models use its database. Not to be mixed with `db`."""
    running = start_portal()
    with running.orm(django_db_blocker):
        yield running


@pytest.fixture
def twilio(settings):
    """A Twilio to which SMS go: `twilio.messages`."""
    with Twilio() as service:
        settings.SMS_URL = service.sms_url()
        yield service


@pytest.fixture
def sendgrid(settings):
    """A SendGrid to which mail goes: `sendgrid.mails`."""
    with SendGrid() as service:
        settings.MAIL_PROVIDER = "sendgrid"
        settings.EMAIL_BACKEND = "portal.gateways.sendgrid.EmailBackend"
        settings.ANYMAIL = {
            "SENDGRID_API_KEY": KEY,
            "SENDGRID_API_URL": f"{service.url}/v3/",
            "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": service.verification_key,
            "REQUESTS_TIMEOUT": 10,
        }
        yield service
