"""One notification: shown, marked read, marked unread (requirement D03)."""

import pytest
from django.urls import reverse

from portal.models import Notification
from tests.factories import AppointmentFactory, NotificationFactory, PatientFactory


@pytest.fixture
def notification(patient, doctor):
    return NotificationFactory(appointment=AppointmentFactory(patient=patient, doctor=doctor))


def url(notification, verb="") -> str:
    return reverse(f"notification{verb}", args=[notification.pk])


def is_read(notification) -> bool:
    return Notification.objects.get(pk=notification.pk).read_at is not None


def test_D03_it_shows_title_text_and_leads_to_the_appointment(as_patient, notification):
    page = as_patient.get(url(notification)).content.decode()

    assert "is confirmed</h1>" in page
    assert notification.appointment.reference in page
    assert f'href="{notification.appointment.get_absolute_url()}"' in page
    assert "Madrid time" in page


def test_D03_looking_does_not_mark_it_read(as_patient, notification):
    for _time in range(2):
        page = as_patient.get(url(notification)).content.decode()
        as_patient.get(reverse("notifications"))

    assert not is_read(notification)
    assert "Mark as read" in page


def test_D03_opening_marks_it_read_and_shows_it(as_patient, notification):
    response = as_patient.post(url(notification, "-read"), follow=True)

    assert response.redirect_chain == [(url(notification), 302)]
    assert is_read(notification)
    assert "Mark as unread" in response.content.decode()
    assert "unread notification" not in response.content.decode()


def test_D03_it_can_be_marked_unread_again(as_patient, notification):
    as_patient.post(url(notification, "-read"))

    response = as_patient.post(url(notification, "-unread"), follow=True)

    assert response.redirect_chain == [(reverse("notifications"), 302)]
    assert not is_read(notification)
    assert "1 unread notification" in response.content.decode()


def test_an_appointment_out_of_reach_is_not_linked(as_patient, notification):
    appointment = notification.appointment
    appointment.patient = PatientFactory()
    appointment.save()

    page = as_patient.get(url(notification)).content.decode()

    assert appointment.get_absolute_url() not in page
    assert "is confirmed</h1>" in page


def test_what_is_about_no_appointment(as_patient):
    notification = NotificationFactory(
        user=as_patient.user, patient=None, appointment=None, facts={}, event="account_confirmed"
    )

    page = as_patient.get(url(notification)).content.decode()

    assert "You can book appointments now." in page
    assert "See the appointment" not in page


def test_words_of_others_are_no_markup(as_patient, notification):
    notification.event = "clinic_message"
    notification.facts = {"title": "<b>Closed</b>", "text": "<script>1</script>"}
    notification.save()

    for page in (url(notification), reverse("notifications")):
        content = as_patient.get(page).content.decode()
        assert "&lt;b&gt;Closed&lt;/b&gt;" in content
        assert "<script>1" not in content


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
@pytest.mark.parametrize("verb", ["", "-read", "-unread"])
def test_D03_nobody_elses(request, who, verb, notification):
    client = request.getfixturevalue(who)
    ask = client.post if verb else client.get

    assert ask(url(notification, verb)).status_code == 404


def test_mail_is_not_read_here(as_patient, notification):
    notification.channel = "email"
    notification.save()

    assert as_patient.get(url(notification)).status_code == 404


def test_methods(as_patient, notification):
    assert as_patient.post(url(notification)).status_code == 405
    for verb in ("-read", "-unread"):
        assert as_patient.get(url(notification, verb)).status_code == 405
