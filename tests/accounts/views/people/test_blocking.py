"""Blocked and closed accounts: every session ends, and no way leads in (requirement A10)."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.services import calendar_feeds, standing
from portal.enums import UserState
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import AuditEvent, User
from tests.accounts.views.conftest import is_signed_in, link_in, sign_in
from tests.factories import (
    PASSWORD,
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
)

pytestmark = pytest.mark.django_db
BLOCKED = "Your account is blocked"


@pytest.fixture
def admin(db):
    return AdminFactory()


def block(user, admin):
    return standing.block(user, reason="Shouts at the desk", by=admin)


def test_A10_the_next_request_says_it_with_the_clinics_number(as_patient, admin):
    admin_page = Client()
    admin_page.force_login(admin)
    form = {"reason": "Shouts at the desk"}
    admin_page.post(reverse("person-block", args=[as_patient.user.pk]), form)

    page = as_patient.get(reverse("dashboard"))

    assert page.status_code == 403
    assert BLOCKED in page.content.decode()
    assert as_patient.get(reverse("dashboard")).status_code == 302  # a visitor now
    event = AuditEvent.objects.get(verb="block")
    assert (event.actor_id, event.changes) == (admin.pk, {"reason": "Shouts at the desk"})


@pytest.mark.parametrize("name", ["home", "slots", "profile", "account_email"])
def test_A10_whatever_page_it_is(as_patient, admin, name):
    block(as_patient.user, admin)

    page = as_patient.get(reverse(name))

    assert (page.status_code, BLOCKED in page.content.decode()) == (403, True)


def test_A10_a_part_of_a_page_is_sent_to_the_whole(as_patient, admin):
    block(as_patient.user, admin)

    part = as_patient.get(reverse("slots"), headers={"HX-Request": "true"})

    assert part["HX-Redirect"] == reverse("account_inactive")
    assert BLOCKED in Client().get(part["HX-Redirect"]).content.decode()


def test_A10_nobody_else_pays_a_query_for_it(as_patient, django_assert_num_queries):
    as_patient.get(reverse("notifications"))

    with django_assert_num_queries(6):
        as_patient.get(reverse("notifications"))


def test_A10_all_sessions_end_and_none_comes_back(patient, admin):
    asks, waits = Client(), Client()
    for browser in (asks, waits):
        sign_in(browser, patient.user.email, PASSWORD)
    block(patient.user, admin)
    asks.get(reverse("dashboard"))

    standing.unblock(patient.user, by=admin)

    assert not is_signed_in(asks)
    assert not is_signed_in(waits)
    assert sign_in(asks, patient.user.email, PASSWORD)["Location"] == reverse("dashboard")


def test_A10_a_link_from_before_sets_no_password(client, patient, admin, mails):
    client.post(reverse("account_reset_password"), {"email": patient.user.email})
    link = link_in(mails()[-1], "password/reset/key")
    block(patient.user, admin)

    page = Client().get(link, follow=True)
    answer = client.get(link, follow=True)
    done = client.post(answer.context["action_url"], {"password1": "another-good-password"})

    assert page.status_code == 200
    assert done.status_code == 403
    patient.user.refresh_from_db()
    assert patient.user.check_password(PASSWORD)


def test_A10_calendar_addresses_end(client, patient, admin):
    address = reverse(
        "calendar-feed",
        args=[calendar_feeds.token(calendar_feeds.renew(patient.user, by=patient.user))],
    )
    assert client.get(address).status_code == 200

    block(patient.user, admin)

    assert client.get(address).status_code == 404


def test_A10_appointments_stay_and_staff_see_it(as_assistant, doctor, patient, admin):
    appointment = AppointmentFactory(doctor=doctor, patient=patient)
    block(patient.user, admin)

    for url in (appointment.get_absolute_url(), reverse("patient", args=[patient.pk])):
        assert 'state-blocked">Blocked' in as_assistant.get(url).content.decode()
    appointment.refresh_from_db()
    assert appointment.state == "confirmed"


def test_A10_a_doctors_appointments_are_listed_to_be_handed_over(as_admin, doctor):
    appointment = AppointmentFactory(doctor=doctor)
    block(doctor.user, as_admin.user)

    page = as_admin.get(reverse("manage-person", args=[doctor.user.pk])).content.decode()

    assert reverse("appointment-transfer", args=[appointment.pk]) in page


def test_A10_nobody_blocks_themself(as_admin):
    page = as_admin.post(reverse("person-block", args=[as_admin.user.pk]), {"reason": "Why not"})

    assert page.status_code == 422
    assert "You cannot block yourself." in page.content.decode()
    as_admin.user.refresh_from_db()
    assert as_admin.user.is_active


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_A10_a_reason_is_needed(as_admin, patient, reason):
    page = as_admin.post(reverse("person-block", args=[patient.user.pk]), {"reason": reason})

    assert page.status_code == 422
    patient.user.refresh_from_db()
    assert patient.user.is_active


@pytest.mark.parametrize("who", [AssistantFactory, DoctorFactory, PatientFactory])
@pytest.mark.parametrize("verb", [standing.unblock, standing.reopen, standing.close])
def test_A10_only_admins_change_it(patient, who, verb):
    with pytest.raises(Forbidden):
        verb(patient.user, by=who().user)
    with pytest.raises(Forbidden):
        standing.block(patient.user, reason="So", by=who().user)


def test_A10_a_blocked_admin_blocks_nobody(patient, admin):
    second = AdminFactory()
    stale = User.objects.get(pk=second.pk)
    block(second, admin)

    with pytest.raises(Forbidden):
        block(admin, stale)


def test_A10_a_second_time_is_stale(patient, admin):
    block(patient.user, admin)

    with pytest.raises(StaleState):
        block(patient.user, admin)


def test_A11_the_last_admin_stays(admin):
    with pytest.raises(PortalError, match="last admin"):
        standing.close(admin, by=admin)

    AdminFactory()
    assert standing.close(admin, by=admin).state == UserState.CLOSED
