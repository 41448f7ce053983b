"""/profile/erase/, /patients/<id>/erase/ and /manage/erasures/ (A19)."""

import re

import pytest
from django.urls import reverse

from portal.models import Appointment, ErasureRequest
from tests.erasure.conftest import due, run
from tests.factories import (
    PASSWORD,
    AppointmentFactory,
    ErasureRequestFactory,
    PatientFactory,
    in_days,
)

pytestmark = pytest.mark.django_db
OWN, MANAGE = "/profile/erase/", "/manage/erasures/"


@pytest.fixture
def confirmed(as_patient):
    """The patient has just given the password."""
    as_patient.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return as_patient


@pytest.fixture
def as_sure_admin(as_admin):
    as_admin.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return as_admin


def text_of(client, url: str) -> str:
    return re.sub(r"\s+", " ", client.get(url).content.decode())


# --- One's own -------------------------------------------------------------------------------


def test_A19_the_password_is_asked_again(as_patient):
    for answer in (as_patient.get(OWN), as_patient.post(OWN)):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not ErasureRequest.objects.exists()


def test_A19_from_the_list_to_the_request_and_back(confirmed, patient):
    coming = AppointmentFactory(patient=patient, starts_at=in_days(3))
    page = text_of(confirmed, OWN)
    assert "This is erased" in page
    assert "This stays, and why" in page
    assert "1 appointment, without a name" in page
    assert f'name="appointment" value="{coming.pk}"' in page

    asked = confirmed.post(OWN, {"appointment": coming.pk}, follow=True)

    assert "Your data will be erased on" in asked.content.decode()
    assert Appointment.objects.get(pk=coming.pk).state == "cancelled"
    back = confirmed.post(f"{OWN}withdraw/", follow=True)
    assert "Nothing is erased." in back.content.decode()
    assert ErasureRequest.objects.get().state == "withdrawn"


def test_A19_what_has_changed_meanwhile_is_shown_again(confirmed, patient):
    AppointmentFactory(patient=patient, starts_at=in_days(3))

    answer = confirmed.post(OWN)

    assert answer.status_code == 409
    assert "Here is how it stands now." in answer.content.decode()
    assert not ErasureRequest.objects.exists()


@pytest.mark.parametrize("sent", ["x", "-1", "99999999999999999999", ""])
def test_A19_what_is_no_number_is_left_out(confirmed, sent):
    assert confirmed.post(OWN, {"appointment": sent}).status_code == 302


def test_A19_twice_clicked_asks_once(confirmed):
    confirmed.post(OWN)

    assert confirmed.post(OWN)["Location"] == OWN
    assert ErasureRequest.objects.count() == 1


def test_A19_withdrawing_what_does_not_wait_is_harmless(as_patient):
    assert as_patient.post(f"{OWN}withdraw/").status_code == 302


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_A19_staff_are_told_to_ask_an_admin(request, who):
    client = request.getfixturevalue(who)

    assert "Please ask an admin" in text_of(client, OWN)
    assert client.post(OWN).status_code == 403
    assert client.post(f"{OWN}withdraw/").status_code == 403


def test_A19_the_pages_of_the_account_lead_there(confirmed):
    assert OWN in text_of(confirmed, "/profile/")
    assert OWN in text_of(confirmed, reverse("profile-close"))


def test_A19_booking_says_why_not(confirmed, patient):
    ErasureRequestFactory(patient=patient)
    free = AppointmentFactory(state="cancelled", starts_at=in_days(3)).slot
    token = "6e9e1e1c-8a0c-4b0c-9b0c-1f2d3c4b5a69"

    answer = confirmed.post(reverse("slot-book", args=[free.pk]), {"token": token})

    assert answer.status_code == 409
    assert "Withdraw that in your profile" in answer.content.decode()


# --- An admin for somebody -------------------------------------------------------------------


def test_A19_an_admin_asks_for_somebody_without_a_login(as_sure_admin):
    patient = PatientFactory(user=None, name="Ana Sol")
    url = reverse("patient-erase", args=[patient.pk])
    assert url in text_of(as_sure_admin, patient.get_absolute_url())

    answer = as_sure_admin.post(url, {"reason": "By letter of 3 March"}, follow=True)

    page = answer.content.decode()
    assert "Ana Sol will be erased on" in page
    assert "Will be erased on" in page
    assert "Book appointment" not in page
    made = ErasureRequest.objects.get()
    assert (made.patient, made.reason) == (patient, "By letter of 3 March")


@pytest.mark.parametrize("reason", ["", " ", "x" * 201])
def test_A19_an_admin_gives_a_reason_beside_the_field(as_sure_admin, patient, reason):
    answer = as_sure_admin.post(reverse("patient-erase", args=[patient.pk]), {"reason": reason})

    assert answer.status_code == 422
    assert "id_reason_error" in answer.content.decode()
    assert not ErasureRequest.objects.exists()


def test_A19_a_second_request_is_refused(as_sure_admin, patient):
    ErasureRequestFactory(patient=patient)

    answer = as_sure_admin.post(
        reverse("patient-erase", args=[patient.pk]), {"reason": "By letter"}
    )

    assert answer.status_code == 409
    assert "waits already" in answer.content.decode()


def test_A19_the_list_shows_each_state(as_admin, erased):
    waits = ErasureRequestFactory(patient__name="Waits Still")
    ErasureRequestFactory(patient__name="Has Withdrawn", state="withdrawn", ended_at=in_days(0))

    waiting = text_of(as_admin, MANAGE)
    done = text_of(as_admin, f"{MANAGE}?state=done")

    assert "Waits Still" in waiting
    assert "Has Withdrawn" not in waiting
    assert f"no. {erased.pk}" in done
    assert "Canary" not in done
    assert "letter" not in done
    assert "Has Withdrawn" in text_of(as_admin, f"{MANAGE}?state=withdrawn")
    assert "Waits Still" in text_of(as_admin, f"{MANAGE}?state=nonsense")
    assert MANAGE in text_of(as_admin, "/manage/")
    answer = as_admin.post(f"{MANAGE}{waits.pk}/withdraw/", follow=True)
    assert "The request of Waits Still is withdrawn." in answer.content.decode()


def test_A19_a_request_that_is_over_is_not_withdrawn(as_admin, erased):
    made = ErasureRequest.objects.get()

    answer = as_admin.post(f"{MANAGE}{made.pk}/withdraw/", follow=True)

    assert answer.status_code == 200
    made.refresh_from_db()
    assert made.state == "done"


def test_A19_the_list_costs_the_same_for_any_number(as_admin, django_assert_max_num_queries):
    ErasureRequestFactory.create_batch(12)

    with django_assert_max_num_queries(8):
        as_admin.get(MANAGE)


def test_A19_the_page_of_asking_costs_the_same_for_any_number(
    confirmed, patient, django_assert_max_num_queries
):
    for day in range(3, 9):
        AppointmentFactory(patient=patient, starts_at=in_days(day))

    with django_assert_max_num_queries(16):
        confirmed.get(OWN)


# --- Who was erased --------------------------------------------------------------------------


def test_A19_the_number_leads_to_a_page_without_a_name(as_assistant, doctor, erased):
    page = text_of(as_assistant, erased.get_absolute_url())

    assert f"Patient {erased.pk}" in page
    assert "Erased on" in page
    assert "Canary" not in page
    assert "Book appointment" not in page


def test_A19_the_number_of_a_merged_entry_leads_there_too(as_assistant, erased):
    gone = erased.merged.get()

    answer = as_assistant.get(gone.get_absolute_url(), follow=True)

    assert f"Patient {erased.pk}" in answer.content.decode()


@pytest.mark.parametrize("page", ["/patients/", "/search/"])
def test_A19_it_is_found_by_the_number_only(as_assistant, erased, page):
    link = f'href="{erased.get_absolute_url()}"'

    assert link in text_of(as_assistant, f"{page}?q={erased.pk}")
    assert link in text_of(as_assistant, f"{page}?q=%23{erased.pk}")
    for typed in ("", "erased", "canary", "611222333", "17/5/1980"):
        assert "was erased" not in text_of(as_assistant, f"{page}?q={typed}")
    if page == "/patients/":
        assert link not in text_of(as_assistant, f"{page}?q=erased")


def test_A19_a_doctor_who_never_knew_the_patient_finds_nothing(as_doctor):
    other = PatientFactory()
    due(other)
    run()

    assert as_doctor.get(other.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "name", ["patient-edit", "patient-same", "patient-link", "patient-deceased", "patient-erase"]
)
def test_A19_nothing_is_done_to_the_number(as_sure_admin, erased, name):
    url = reverse(name, args=[erased.pk])

    assert as_sure_admin.get(url).status_code == 404
    assert as_sure_admin.post(url, {"reason": "x"}).status_code in (404, 405)


def test_A19_the_account_is_in_no_list(as_admin, erased):
    assert "erased.invalid" not in text_of(as_admin, "/manage/people/")
    assert "erased.invalid" not in text_of(as_admin, "/manage/people/?state=closed")
    assert as_admin.get(f"/manage/people/{erased.user_id}/").status_code == 404
    for name in ("person-close", "person-reopen", "person-block", "manage-person-factor"):
        url = reverse(name, args=[erased.user_id])
        assert as_admin.post(url, {"reason": "x"}).status_code == 404


def test_A19_a_session_that_was_open_is_over(as_patient, patient):
    due(patient)
    run()

    answer = as_patient.get("/dashboard/")

    assert answer.status_code == 403
    assert "Your account was erased" in answer.content.decode()


def test_A19_the_doctor_reads_that_a_message_was_erased(as_doctor, doctor, erased):
    page = text_of(as_doctor, "/notifications/")

    assert "Canary" not in page
    for one in doctor.user.notifications.filter(channel="portal"):
        assert "was erased" in text_of(as_doctor, one.get_absolute_url())


def test_A19_the_messages_can_be_read_and_not_be_sent_again(as_admin, erased):
    assert "Canary" not in text_of(as_admin, "/manage/messages/").replace("canary", "Canary")
    for one in erased.user.notifications.all():
        assert as_admin.get(reverse("manage-message", args=[one.pk])).status_code == 200


def test_A19_an_appointment_of_theirs_can_be_read(as_doctor, doctor, erased):
    for one in erased.appointments.all():
        page = text_of(as_doctor, one.get_absolute_url())
        assert "Canary" not in page
        assert "Erased" in page


def test_A19_figures_still_count(as_admin, erased):
    assert as_admin.get("/manage/figures/").status_code == 200
    assert erased.appointments.count() == 2
