"""Creating an account (requirement A01)."""

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from portal.accounts.forms.accounts import SignupForm
from portal.enums import Role
from portal.models import AuditEvent, Patient, User
from tests.accounts.views.conftest import SIGN_UP, is_signed_in, link_in, sign_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_A01_sign_up_page_asks_for_four_things(client):
    page = client.get(reverse("account_signup"))

    shown = [field.name for field in page.context["form"].visible_fields()]
    assert page.status_code == 200
    assert shown == ["name", "email", "phone", "password1"]


def test_A01_sign_up_makes_a_patient_whose_address_is_not_confirmed(client, sign_up):
    answer = sign_up(client)

    assert answer["Location"] == reverse("account_email_verification_sent")
    patient = Patient.objects.get()
    assert (patient.name, patient.phone.as_e164) == ("Ana Ruiz", "+34612345678")
    assert not EmailAddress.objects.get(user=patient.user).verified
    assert AuditEvent.objects.get().verb == "sign_up"


def test_A01_role_is_patient_whatever_is_posted(client, sign_up):
    sign_up(
        client,
        role="admin",
        state="closed",
        is_staff="on",
        is_superuser="on",
        is_active="off",
        is_admin="1",
        groups="1",
        user_permissions="1",
        id="1",
        pk="1",
        username="root",
        verified="on",
        primary="on",
        user="1",
    )

    user = User.objects.get()
    assert (user.role, user.is_staff, user.is_admin) == (Role.PATIENT, False, False)
    assert (user.is_active, user.username) == (True, None)
    assert not EmailAddress.objects.get().verified


def test_A01_sign_up_cannot_overwrite_an_account(client, sign_up):
    victim = UserFactory(email="victim@example.org", name="Victim")

    sign_up(client, id=victim.pk, pk=victim.pk, email="ana@example.org")

    victim.refresh_from_db()
    assert (victim.name, victim.email) == ("Victim", "victim@example.org")
    assert User.objects.count() == 2


def test_A01_account_cannot_be_used_before_its_address_is_confirmed(client, sign_up):
    sign_up(client)

    answer = sign_in(client, SIGN_UP["email"], SIGN_UP["password1"])

    assert answer["Location"] == reverse("account_email_verification_sent")
    assert not is_signed_in(client)


def test_A01_no_password_is_mailed(client, sign_up, mails):
    sign_up(client)

    [mail] = mails()

    assert SIGN_UP["password1"] not in str(mail.message())
    assert "Ruiz" not in str(mail.message())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": "ana"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"password1": "12345678901"}, "password1"),
        ({"password1": "short"}, "password1"),
        ({"password1": "password123"}, "password1"),
        ({"password1": "ana@example.org"}, "password1"),
    ],
)
def test_A01_sign_up_says_what_is_wrong_and_keeps_the_rest(client, sign_up, changes, field):
    page = sign_up(client, **changes)

    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["email"].value() == changes.get("email", SIGN_UP["email"])
    assert not User.objects.exists()


def test_A01_phone_error_shows_an_example(client, sign_up):
    page = sign_up(client, phone="12")

    assert "Enter a phone number such as 612 34 56 78" in page.content.decode()


def test_A01_foreign_phone_is_kept(client, sign_up):
    sign_up(client, phone="+44 20 7946 0000")

    assert Patient.objects.get().phone.as_e164 == "+442079460000"


def test_A04_taken_address_is_answered_like_a_new_one(sign_up, mails):
    UserFactory(email="taken@example.org")
    UserFactory(email="used@example.org")

    answers = []
    for email in ("taken@example.org", "USED@example.org", "ana@example.org"):
        client = Client()
        sent = sign_up(client, email=email)
        page = client.get(sent["Location"])
        body = page.content.decode().replace(email.lower(), "…")
        answers.append((sent.status_code, sent["Location"], len(body)))

    assert len(set(answers)) == 1
    assert User.objects.count() == 3


def test_A04_owner_of_a_taken_address_is_told_by_mail(client, sign_up, mails):
    UserFactory(email="taken@example.org")

    sign_up(client, email="taken@example.org")

    [mail] = mails()
    assert mail.to == ["taken@example.org"]
    assert mail.subject == "You already have an account at Clinic"
    assert link_in(mail, "password/reset") == reverse("account_reset_password")


def test_A04_sign_up_takes_as_many_hashes_for_a_taken_address(sign_up, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    UserFactory(email="taken@example.org")

    counts = []
    for email in ("taken@example.org", "ana@example.org"):
        CountingHasher.count = 0
        sign_up(Client(), email=email)
        counts.append(CountingHasher.count)

    assert counts == [1, 1]


class CountingHasher(MD5PasswordHasher):
    count = 0

    def encode(self, *arguments, **options):
        type(self).count += 1
        return super().encode(*arguments, **options)


def test_A01_two_sign_ups_at_once_make_one_account(client, sign_up):
    request = client.get(reverse("account_signup")).wsgi_request
    with request_context(request):
        late = SignupForm(SIGN_UP)
        assert late.is_valid()  # the address is free still
    sign_up(Client())

    with request_context(request):
        user, answer = late.try_save(request)

    assert (user, answer["Location"]) == (None, reverse("account_email_verification_sent"))
    assert User.objects.count() == 1


def test_signed_in_people_are_sent_to_their_dashboard(client):
    client.force_login(UserFactory())

    assert client.get(reverse("account_signup"))["Location"] == reverse("dashboard")
