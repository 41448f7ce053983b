"""What a signed-in person reads is in no cache."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.services import calendar_feeds
from portal.notifications.services import preferences
from tests.accounts.views.conftest import sign_in
from tests.factories import PASSWORD, AppointmentFactory, AssistantFactory, PatientFactory
from tests.setups.attendance import attendance_token
from tests.setups.caching import NEVER, caching

pytestmark = pytest.mark.django_db


def test_fragments_files_and_unchanged_answers_too():
    appointment = AppointmentFactory()
    client = Client()
    client.force_login(AssistantFactory(offices=[appointment.office]).user)
    bell = client.get(reverse("notifications-bell"))
    answers = [
        bell,
        client.get(reverse("notifications-bell"), headers={"If-None-Match": bell["ETag"]}),
        client.get(reverse("desk"), headers={"HX-Request": "true", "HX-Target": "desk-sheet"}),
        client.get(reverse("appointment-calendar", args=[appointment.pk])),
        client.get("/no/such/page/"),
        client.post(reverse("clinic-settings-section", args=["clinic"])),
    ]

    assert [answer.status_code for answer in answers] == [200, 304, 200, 200, 404, 403]
    assert all(caching(answer) == NEVER for answer in answers)


def test_pages_with_a_secret_in_their_address_too():
    appointment = AppointmentFactory()
    user = appointment.patient.user
    calendar_feeds.renew(user, by=user)
    unsubscribe = preferences.unsubscribe_token(user, event="reminder")
    paths = [
        reverse("calendar-feed", args=[calendar_feeds.token_of(user)]),
        reverse("attendance", args=[attendance_token(appointment)]),
        reverse("notification-unsubscribe", args=[unsubscribe]),
        reverse("account_confirm_email", args=["x"]),
        reverse("account_reset_password_from_key", args=["1", "x"]),
    ]

    assert [caching(Client().get(path)) for path in paths] == [NEVER] * len(paths)


@pytest.mark.parametrize("name", ["home", "doctors", "offices", "slots"])
def test_visitors_pages_stay_as_they_were(client, name):
    assert "Cache-Control" not in client.get(reverse(name))


def test_signing_in_and_out_is_stored_nowhere(client):
    user = PatientFactory().user

    answers = [sign_in(client, user.email, PASSWORD), client.post(reverse("account_logout"))]

    assert [caching(answer) for answer in answers] == [NEVER, NEVER]
