"""Staff by invitation (requirement A03)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.services import invitations
from portal.enums import DoctorState, Role
from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.models import AuditEvent, Doctor, Invitation, Notification, User
from tests.accounts.views.conftest import is_signed_in, link_in
from tests.factories import DoctorFactory, OfficeFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db

PASSWORD = "three-unrelated-words"
FORM = {"email": "Rosa@Example.org", "name": "Rosa Vega"}
DEAD = "This invitation does not work any more"


@pytest.fixture
def office(db):
    return OfficeFactory()


def invite(as_admin, role="assistant", **more):
    return as_admin.post(reverse("invitation-new") + f"?role={role}", {**FORM, **more})


@pytest.fixture
def link(as_admin, office, mails):
    """Of an assistant of one office."""
    assert invite(as_admin, offices=[office.pk]).status_code == 302
    return link_in(mails()[-1], "invitations/")


def accept(link, client=None, **more):
    return (client or Client()).post(link, {"name": "Rosa Vega", "password": PASSWORD, **more})


def test_A03_an_assistant_chooses_a_password_and_begins(link, office, mails):
    browser = Client()
    assert "Rosa Vega" in browser.get(link).content.decode()

    answer = accept(link, browser)

    rosa = User.objects.get(email="rosa@example.org")
    assert answer["Location"] == reverse("dashboard")
    assert is_signed_in(browser)
    assert (rosa.role, list(rosa.assistant.offices.all())) == (Role.ASSISTANT, [office])
    assert rosa.emailaddress_set.get().verified
    assert set(AuditEvent.objects.values_list("verb", flat=True)) >= {"invite", "accept_invitation"}


def test_A03_role_and_offices_are_the_invitations(link, office):
    other = OfficeFactory()

    accept(link, role="admin", all_offices="on", offices=[other.pk], email="a@example.org")

    rosa = User.objects.get(name="Rosa Vega")
    assert (rosa.role, rosa.email) == (Role.ASSISTANT, "rosa@example.org")
    assert list(rosa.assistant.offices.all()) == [office]
    assert not rosa.assistant.all_offices


def test_A03_a_doctor_fills_in_the_licence_and_is_approved(as_admin, office, mails):
    specialty = SpecialtyFactory()
    invite(as_admin, "doctor", specialty=specialty.pk, office=office.pk, fee="62.50")
    link = link_in(mails()[-1], "invitations/")

    without = accept(link)
    accept(link, licence_number="LIC 1", practising_since="2001", qualifications="MD")

    assert set(without.context["form"].errors) == {"licence_number", "practising_since"}
    doctor = Doctor.objects.get(licence_number="LIC 1")
    assert (doctor.state, doctor.fee_cents) == (DoctorState.APPROVED, 6250)
    assert (doctor.office, doctor.specialty, doctor.name) == (office, specialty, "Rosa Vega")


def test_A03_a_licence_number_is_used_once(as_admin, office, mails):
    taken = DoctorFactory()
    invite(as_admin, "doctor", specialty=taken.specialty_id, office=office.pk, fee="60")
    link = link_in(mails()[-1], "invitations/")

    page = accept(link, licence_number=taken.licence_number, practising_since="2001")

    assert "licence_number" in page.context["form"].errors
    assert not User.objects.filter(email="rosa@example.org").exists()


@pytest.mark.parametrize("what", ["office", "specialty"])
def test_A03_a_place_that_was_closed_meanwhile_is_told(as_admin, office, mails, what):
    specialty = SpecialtyFactory()
    invite(as_admin, "doctor", specialty=specialty.pk, office=office.pk, fee="60")
    link = link_in(mails()[-1], "invitations/")
    closed = {"office": office, "specialty": specialty}[what]
    type(closed).objects.filter(pk=closed.pk).update(closed_at=timezone.now())

    page = accept(link, licence_number="LIC 1", practising_since="2001")

    assert page.status_code == 422
    assert f"{closed.name} is closed" in str(page.context["form"].non_field_errors())
    assert not User.objects.filter(email="rosa@example.org").exists()
    assert Invitation.objects.get().is_open


def test_A03_an_admin_can_be_invited(as_admin, mails):
    invite(as_admin, "admin")

    accept(link_in(mails()[-1], "invitations/"))

    assert User.objects.get(email="rosa@example.org").is_admin


def test_A03_a_link_works_once(link):
    accept(link)

    again = accept(link)

    assert again.status_code == 404
    assert DEAD in again.content.decode()
    assert User.objects.filter(email="rosa@example.org").count() == 1


@pytest.mark.parametrize(("hours", "status"), [(7 * 24 - 1, 200), (7 * 24 + 1, 404)])
def test_A03_a_link_works_for_seven_days(link, hours, status):
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert Client().get(link).status_code == status


def test_A03_a_withdrawn_link_ends(as_admin, link):
    as_admin.post(reverse("invitation-revoke", args=[Invitation.objects.get().pk]))

    assert accept(link).status_code == 404
    assert invite(as_admin, all_offices="on").status_code == 302  # and can be made anew


def test_A03_a_new_link_ends_the_old_one(as_admin, link, mails):
    as_admin.post(reverse("invitation-resend", args=[Invitation.objects.get().pk]))
    new = link_in(mails()[-1], "invitations/")

    assert new != link
    assert Client().get(link).status_code == 404
    assert Client().get(new).status_code == 200


def test_A03_a_mail_with_an_old_link_is_not_sent(as_admin, office, mails):
    invite(as_admin, offices=[office.pk])
    invitations.resend(Invitation.objects.get(), by=as_admin.user)

    assert len(mails()) == 1
    assert Notification.objects.filter(state="void").count() == 1


def test_A03_mails_to_an_address_are_limited(as_admin, link):
    invitation = Invitation.objects.get()
    for _time in range(2):
        invitations.resend(invitation, by=as_admin.user)

    with pytest.raises(LimitReached):
        invitations.resend(invitation, by=as_admin.user)


def test_A03_the_database_alone_holds_no_link(link, as_admin):
    secret = link.split("/")[2]
    stored = [str(row) for row in Notification.objects.values_list()]
    stored += [str(row) for row in Invitation.objects.values_list()]
    stored += [str(row) for row in AuditEvent.objects.values_list()]

    assert not any(secret in row for row in stored)


def test_A03_the_list_of_messages_shows_no_link(as_admin, link):
    message = Notification.objects.get(event="invited")

    page = as_admin.get(reverse("manage-message", args=[message.pk])).content.decode()

    assert link not in page


def test_A03_an_address_with_an_account_is_told_to_the_admin(as_admin, patient, mails):
    page = invite(as_admin, email=patient.user.email.upper(), all_offices="on")

    assert page.status_code == 422
    assert f"{patient.user.name} has an account with this address" in page.content.decode()
    assert mails() == []


def test_A03_an_address_is_invited_once(as_admin, link):
    page = invite(as_admin, email="ROSA@example.org", all_offices="on")

    assert "email" in page.context["form"].errors
    assert Invitation.objects.count() == 1


def test_A03_an_expired_invitation_can_be_made_anew(as_admin, link):
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        as_admin.force_login(as_admin.user)
        assert invite(as_admin, all_offices="on").status_code == 302

    assert Invitation.objects.unanswered().count() == 1


def test_A03_an_account_made_meanwhile_is_kept(link, sign_up):
    sign_up(Client(), email="rosa@example.org")

    page = accept(link)

    assert "has an account already" in page.content.decode()
    assert User.objects.get(email="rosa@example.org").is_patient


def test_A03_an_assistant_needs_an_office(as_admin):
    assert "offices" in invite(as_admin).context["form"].errors


def test_A03_weak_passwords_are_refused_and_the_name_is_kept(link):
    page = Client().post(link, {"name": "Rosa V.", "password": "12345678"})

    assert list(page.context["form"].errors) == ["password"]
    assert 'value="Rosa V."' in page.content.decode()


def test_A03_only_admins_invite(as_assistant, office):
    values = {"name": "Rosa", "role": Role.ADMIN}
    with pytest.raises(Forbidden):
        invitations.invite("rosa@example.org", by=as_assistant.user, **values)


def test_A03_a_withdrawn_one_is_not_withdrawn_again(as_admin, link):
    invitation = Invitation.objects.get()
    invitations.revoke(invitation, by=as_admin.user)

    for verb in (invitations.revoke, invitations.resend):
        with pytest.raises(StaleState):
            verb(invitation, by=as_admin.user)


def test_A03_two_accept_at_the_same_time(link):
    [first, second] = [Invitation.objects.get() for _one in range(2)]
    values = {"password": PASSWORD, "by": None}
    invitations.accept(first, name="Rosa", **values)

    with pytest.raises(PortalError):
        invitations.accept(second, name="Not Rosa", **values)

    assert User.objects.filter(email="rosa@example.org").count() == 1


def test_A03_whoever_is_signed_in_becomes_the_new_one(as_admin, link):
    accept(link, as_admin)

    assert "Rosa Vega" in as_admin.get(reverse("profile")).content.decode()
