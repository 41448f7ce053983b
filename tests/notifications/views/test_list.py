"""/notifications/: one's own, newest first (requirement D03)."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.models import Notification
from tests.factories import AppointmentFactory, NotificationFactory, in_days

URL = reverse("notifications")
READ_ALL = reverse("notifications-read")


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


def test_visitors_are_sent_to_sign_in(client, db):
    assert client.get(URL)["Location"] == f"{reverse('account_login')}?next={URL}"


def test_D03_one_lists_ones_own_newest_first(as_patient, appointment):
    NotificationFactory(appointment=appointment)
    NotificationFactory(appointment=appointment, event="appointment_cancelled")
    NotificationFactory(event="appointment_moved")

    page = as_patient.get(URL).content.decode()

    assert page.index("is cancelled") < page.index("is confirmed")
    assert "is moved" not in page


def test_D03_what_is_unread_says_so_and_is_opened_by_a_button(as_patient, appointment):
    unread = NotificationFactory(appointment=appointment)
    read = NotificationFactory(appointment=appointment, read_at=timezone.now())

    page = as_patient.get(URL).content.decode()

    opens = reverse("notification-read", args=[unread.pk])
    assert f'<button class="link-button" type="submit" formaction="{opens}">' in page
    assert page.count('<span class="state state-unread">Unread</span>') == 1
    assert f'<a href="{read.get_absolute_url()}">' in page


def test_times_are_told_on_the_clock_of_the_office(as_patient, appointment):
    when = in_days(-40).replace(year=2026, month=1, day=20, hour=22, minute=30)
    NotificationFactory(appointment=appointment, created_at=when)
    NotificationFactory(
        user=as_patient.user,
        patient=None,
        appointment=None,
        facts={},
        event="account_confirmed",
        created_at=when,
    )

    page = as_patient.get(URL).content.decode()

    assert len(re.findall("Tue 20 Jan 2026, 23:30</span> <span[^>]*>Madrid time", page)) == 2


def test_D03_the_unread_ones_alone(as_patient, appointment):
    NotificationFactory(appointment=appointment)
    NotificationFactory(appointment=appointment, event="appointment_moved", read_at=timezone.now())

    page = as_patient.get(URL, {"show": "unread"}).content.decode()

    assert "is confirmed" in page
    assert "is moved" not in page
    assert '<a href="?show=unread" aria-current="page">' in page


@pytest.mark.parametrize(
    ("who", "next_step"), [("as_patient", "slots"), ("as_doctor", "appointments")]
)
def test_an_empty_list_says_what_will_come(request, who, next_step):
    page = request.getfixturevalue(who).get(URL).content.decode()

    assert "No notifications yet" in page
    assert f'href="{reverse(next_step)}"' in page
    assert "Mark all as read" not in page


def test_D02_it_leads_to_what_one_wants_to_be_told(as_patient):
    page = as_patient.get(URL).content.decode()

    assert f'href="{reverse("notification-preferences")}">Choose what we tell you' in page


def test_nothing_unread_leads_to_all(as_patient, appointment):
    NotificationFactory(appointment=appointment, read_at=timezone.now())

    page = as_patient.get(URL, {"show": "unread"}).content.decode()

    assert "Nothing unread" in page
    assert f'href="{URL}">See all notifications' in page


def test_D03_all_are_marked_read_up_to_the_newest_shown(as_patient, appointment):
    NotificationFactory.create_batch(2, appointment=appointment)
    page = as_patient.get(URL).content.decode()
    until = re.search(r'name="until" value="(\d+)">Mark all as read', page)[1]
    late = NotificationFactory(appointment=appointment)

    response = as_patient.post(READ_ALL, {"until": until}, follow=True)

    assert response.redirect_chain == [(URL, 302)]
    assert "All notifications are marked as read." in response.content.decode()
    assert Notification.objects.get(read_at=None) == late


@pytest.mark.parametrize("until", ["", "x", "9" * 30])
def test_nonsense_marks_nothing(as_patient, appointment, until):
    NotificationFactory(appointment=appointment)

    response = as_patient.post(READ_ALL, {"until": until})

    assert response["Location"] == URL
    assert Notification.objects.get().read_at is None


def test_pages_hold_fifty_and_queries_do_not_grow(
    as_patient, appointment, django_assert_num_queries
):
    NotificationFactory(appointment=appointment)
    with django_assert_num_queries(6):
        as_patient.get(URL)
    NotificationFactory.create_batch(51, appointment=appointment)

    with django_assert_num_queries(6):
        first = as_patient.get(URL)
    second = as_patient.get(URL, {"page": 2})

    assert [len(page.context["lines"]) for page in (first, second)] == [50, 2]
    assert 'rel="next" href="?page=2"' in first.content.decode()
    assert "Mark all as read" not in second.content.decode()


@pytest.mark.parametrize("query", [{"show": "x"}, {"page": "-1"}, {"page": "y"}])
def test_nonsense_in_the_url_shows_the_list(as_patient, appointment, query):
    NotificationFactory(appointment=appointment)

    assert "is confirmed" in as_patient.get(URL, query).content.decode()


def test_methods(as_patient):
    assert as_patient.post(URL).status_code == 405
    assert as_patient.get(READ_ALL).status_code == 405
