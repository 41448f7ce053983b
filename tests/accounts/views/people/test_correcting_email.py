"""An admin corrects the email address of somebody who works for the clinic (requirement A07)."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from portal.accounts.services import addresses, standing
from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.models import AuditEvent, Notification, User
from tests.accounts.views.conftest import is_signed_in, link_in, sign_in
from tests.factories import (
    PASSWORD,
    AdminFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NEW = "right@example.org"


@pytest.fixture
def person(db):
    return AssistantFactory(user__email="worng@example.org", user__name="Ana Ruiz").user


@pytest.fixture
def correct(as_admin, person):
    def send(email=NEW, reason="Typed wrongly"):
        url = reverse("person-email", args=[person.pk])
        return as_admin.post(url, {"email": email, "reason": reason}, follow=True)

    return send


def may_sign_in(email: str) -> bool:
    client = Client()
    sign_in(client, email, PASSWORD)
    return is_signed_in(client)


def test_A07_the_new_address_counts_once_it_is_confirmed(correct, person, mails, client):
    page = correct().content.decode()

    assert f"A link is on its way to {NEW}" in page
    assert "takes its place once" in page
    assert (may_sign_in(NEW), may_sign_in("worng@example.org")) == (False, True)
    [link] = [link_in(mail, "confirm-email") for mail in mails() if mail.to == [NEW]]
    assert client.get(link).status_code == 200
    assert not may_sign_in(NEW)
    client.post(link)
    assert (may_sign_in(NEW), may_sign_in("worng@example.org")) == (True, False)
    person.refresh_from_db()
    assert person.email == NEW
    assert EmailAddress.objects.get(user=person).email == NEW


def test_A07_the_present_address_is_told_without_the_new_one(correct, person, mails, as_admin):
    correct()

    [told] = [mail for mail in mails() if mail.to == ["worng@example.org"]]
    assert as_admin.user.name in told.body
    assert "r•••@example.org" in told.body
    assert NEW not in told.body
    assert "Typed wrongly" not in told.body
    assert Notification.objects.filter(event="email_corrected", user=person).count() == 1


def test_A07_a_link_to_a_new_password_goes_to_the_present_address_only(correct, person, mails):
    correct()
    before = len(mails())

    Client().post(reverse("account_reset_password"), {"email": NEW})

    assert not [mail for mail in mails()[before:] if "/reset/" in mail.body]


def test_A07_the_reason_is_recorded_and_shown(correct, person, as_admin):
    correct(reason=" Typed wrongly ")

    event = AuditEvent.objects.get(verb="correct_email")
    assert (event.object_id, event.actor_id) == (person.pk, as_admin.user.pk)
    assert event.changes == {"reason": "Typed wrongly"}
    page = as_admin.get(reverse("manage-person", args=[person.pk])).content.decode()
    assert "email address corrected" in page
    assert "“Typed wrongly”" in page


def test_A07_another_correction_ends_the_link_before(correct, person, mails, client):
    correct("first@example.org")
    [first] = [link_in(mail, "confirm-email") for mail in mails() if "first" in mail.to[0]]
    correct("second@example.org")

    client.post(first)

    person.refresh_from_db()
    assert person.email == "worng@example.org"
    assert EmailAddress.objects.filter(user=person, verified=False).count() == 1


def test_A07_somebody_who_never_confirmed_is_not_written_to(correct, person, mails):
    """Their address may be a stranger's; the account is confirmed by the new one."""
    EmailAddress.objects.filter(user=person).update(verified=False)

    correct()

    assert [mail.to for mail in mails()] == [[NEW]]


@pytest.mark.parametrize(
    ("email", "reason", "field", "sentence"),
    [
        ("no address", "x", "email", "valid email"),
        ("", "x", "email", "Enter an email address"),
        (NEW, " ", "reason", "Say why"),
        (NEW, "x" * 301, "reason", "at most 300"),
        ("worng@example.org", "x", "email", "present address"),
        ("TAKEN@example.org", "x", "email", "has an account already"),
        ("also@example.org", "x", "email", "has an account already"),
    ],
)
def test_A07_what_cannot_be_is_said_beside_its_field(correct, email, reason, field, sentence):
    other = UserFactory(email="taken@example.org")
    EmailAddress.objects.create(user=other, email="also@example.org", verified=True)

    answer = correct(email, reason)

    assert answer.status_code == 422
    assert any(sentence in error for error in answer.context["email_form"].errors[field])
    assert not EmailAddress.objects.filter(email=NEW).exists()


def test_A07_only_staff_other_than_oneself_are_corrected():
    admin = AdminFactory()

    for user in (PatientFactory().user, admin):
        with pytest.raises(PortalError) as refused:
            addresses.correct(user, email=NEW, reason="x", by=admin)
        assert refused.value.field == "email"
    with pytest.raises(Forbidden):
        addresses.correct(admin, email=NEW, reason="x", by=DoctorFactory().user)


def test_A07_nobody_is_flooded_with_links(person):
    admin = AdminFactory()
    for _time in range(3):
        addresses.correct(person, email=NEW, reason="x", by=admin)

    with pytest.raises(LimitReached):
        addresses.correct(person, email=NEW, reason="x", by=admin)


def test_A07_a_closed_account_stays_as_it_is(person, as_admin):
    standing.close(person, by=as_admin.user)

    with pytest.raises(StaleState):
        addresses.correct(person, email=NEW, reason="x", by=as_admin.user)
    page = as_admin.get(reverse("manage-person", args=[person.pk]))
    assert reverse("person-email", args=[person.pk]) not in page.content.decode()


def test_A07_an_address_that_somebody_enters_for_themself_waits_too(client):
    """Until it is confirmed, it lets nobody in."""
    user = User.objects.get(pk=PatientFactory(user__email="ana@example.org").user_id)
    EmailAddress.objects.create(user=user, email=NEW, verified=False)

    assert (may_sign_in(NEW), may_sign_in("ANA@example.org")) == (False, True)
