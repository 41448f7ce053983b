"""Nobody learns from an answer who has an account here (requirements A04, A09).

Each door is tried with what is known and with what is not: the same status, pages and cookies, as
many hashes of passwords, as many mails. What was typed is taken out of the pages before they are
compared.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.services import invitations
from portal.enums import UserState
from portal.models import Invitation, Notification, Office, Specialty
from tests.accounts.factors import give_app
from tests.accounts.views.conftest import SIGN_UP, link_in
from tests.factories import (
    AdminFactory,
    DoctorFactory,
    InvitationFactory,
    OfficeFactory,
    PatientFactory,
    SpecialtyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NEW = "another-good-password"
# What differs from one page to the next, whoever asks.
VOLATILE = re.compile(r'(value|nonce|csrftoken"|data-(seconds|user|token))(=|: )"[^"]*"')


@dataclass(frozen=True)
class Answer:
    pages: tuple[tuple[int, str], ...]  # status and text of each, redirects followed
    path: tuple[str, ...]  # where the redirects led
    cookies: tuple[str, ...]
    hashes: int
    mails: int


@pytest.fixture
def hashes(monkeypatch):
    made, encode = [], MD5PasswordHasher.encode

    def counting(hasher, *arguments, **options):
        made.append(1)
        return encode(hasher, *arguments, **options)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return made


@pytest.fixture
def answer_of(hashes):
    """`answer_of(path, form, typed)`: what a new browser gets, and reads on the pages after it."""

    def ask(path: str, form: dict | None, typed: str, *afterwards: str, client=None) -> Answer:
        client = client or Client()
        hashes.clear()
        before = Notification.objects.count()
        first = client.get(path) if form is None else client.post(path, form)
        made, mails = len(hashes), Notification.objects.count() - before
        followed = [client.get(first["Location"])] if first.status_code == 302 else []
        pages = [first, *followed, *(client.get(one) for one in afterwards)]
        return Answer(
            tuple((page.status_code, _text(page, typed)) for page in pages),
            tuple(page.get("Location", "") for page in pages),
            tuple(sorted(client.cookies)),
            made,
            mails,
        )

    return ask


def _text(page, typed: str) -> str:
    text = VOLATILE.sub("", page.content.decode())
    return re.sub(re.escape(typed), "…", text, flags=re.IGNORECASE)


def people() -> dict[str, str]:
    """An address of each kind of account, and one of nobody."""
    made = {"active": UserFactory(), "with an app": UserFactory(), "staff": AdminFactory()}
    give_app(made["with an app"])
    for state in (UserState.BLOCKED, UserState.CLOSED):
        made[state] = UserFactory(state=state)
    made["unconfirmed"] = UserFactory()
    EmailAddress.objects.filter(user=made["unconfirmed"]).update(verified=False)
    return {kind: user.email for kind, user in made.items()} | {"nobody": "nobody@example.org"}


def unlike(answers: dict[str, Answer]) -> dict:
    """The answers that are not the one that nobody gets; empty if there is one answer only."""
    return {kind: one for kind, one in answers.items() if one != answers["nobody"]}


def each(typed: dict[str, str], ask: Callable[[str], Answer]) -> dict[str, Answer]:
    return {kind: ask(text) for kind, text in typed.items()}


def test_A04_a_wrong_password(answer_of):
    def ask(email):
        form = {"login": email, "password": "wrong-password"}
        return answer_of(reverse("account_login"), form, email)

    answers = each(people(), ask)

    assert unlike(answers) == {}
    assert (answers["nobody"].hashes, answers["nobody"].mails) == (1, 0)


def test_A04_a_wrong_password_for_a_username(answer_of):
    UserFactory(username="ana.ruiz")
    UserFactory(username="bea.ruiz", state=UserState.BLOCKED)

    def ask(name):
        return answer_of(reverse("account_login"), {"login": name, "password": "wrong"}, name)

    answers = each({"active": "ana.ruiz", "blocked": "bea.ruiz", "nobody": "cid.ruiz"}, ask)

    assert unlike(answers) == {}
    assert answers["nobody"].hashes == 1


@pytest.mark.parametrize("name", ["account_signup", "doctor-sign-up"])
def test_A04_signing_up_with_a_taken_address(answer_of, name):
    """The pages that a visitor opens next are alike as well."""
    OfficeFactory()
    SpecialtyFactory()
    later = [reverse(one) for one in ("account_login", "account_signup", "home", "dashboard")]

    def ask(email):
        form = {**SIGN_UP, **(licence() if name == "doctor-sign-up" else {}), "email": email}
        return answer_of(reverse(name), form, email, *later)

    answers = each(people(), ask)

    assert unlike(answers) == {}
    assert answers["nobody"].path[0] == reverse("account_email_verification_sent")
    assert (answers["nobody"].hashes, answers["nobody"].mails) == (1, 1)


def licence() -> dict[str, object]:
    return {
        "specialty": Specialty.objects.get().pk,
        "office": Office.objects.get().pk,
        "licence_number": f"LIC {timezone.now():%f}",
        "practising_since": "2001",
        "fee": "60",
        "languages": ["en"],
    }


def test_A04_asking_for_a_link_to_reset_the_password(answer_of):
    def ask(email):
        return answer_of(reverse("account_reset_password"), {"email": email}, email)

    answers = each(people(), ask)

    assert unlike(answers) == {}
    assert (answers["nobody"].hashes, answers["nobody"].mails) == (0, 1)


def test_A04_a_dead_link_to_reset_the_password(answer_of, mails):
    """Of nobody, of somebody with a wrong key, and one that was used."""
    user, client = UserFactory(), Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    used = link_in(mails()[-1], "password/reset/key")
    page = client.get(used, follow=True)
    client.post(page.context["action_url"], {"password1": NEW})
    owner, made_at, digest = used.rpartition("/key/")[2].split("-")
    links = {"used": used}
    links["wrong"] = used.replace(digest.rstrip("/"), "x" * 32)
    links["nobody"] = used.replace(f"/{owner}-{made_at}-", f"/zzzzzz-{made_at}-")

    answers = each(links, lambda link: answer_of(link, None, link))
    posted = each(links, lambda link: answer_of(link, {"password1": NEW}, link))

    assert unlike(answers) == unlike(posted) == {}
    assert (answers["nobody"].hashes, posted["nobody"].hashes) == (0, 0)


def test_A01_a_dead_link_to_confirm_an_address(answer_of, sign_up, mails):
    sign_up(Client())
    used = link_in(mails()[0], "confirm-email")
    Client().post(used)
    links = {"used": used, "nobody": reverse("account_confirm_email", args=["MQ:1abc:forged"])}

    answers = each(links, lambda link: answer_of(link, None, link))
    posted = each(links, lambda link: answer_of(link, {}, link))

    assert unlike(answers) == unlike(posted) == {}


def test_A01_asking_for_the_confirmation_again(answer_of):
    """By signing in. With the right password the answer stays, also when no more mails are sent;
    without it an address that waits is answered as one of nobody."""
    email, wrong = people()["unconfirmed"], "wrong-password"

    def ask(typed, password):
        return answer_of(reverse("account_login"), {"login": typed, "password": password}, typed)

    answers = {"waits": ask(email, wrong), "nobody": ask("nobody@example.org", wrong)}
    right = [ask(email, "correct-horse-battery") for _time in range(5)]

    assert unlike(answers) == {}
    assert [one.mails for one in right] == [1, 1, 1, 0, 0]
    assert len({(one.pages, one.path, one.hashes) for one in right}) == 1


def test_A03_an_invitation_that_is_none(answer_of):
    """Used, withdrawn, expired, sent anew, and never made; also for an address with an account."""
    admin, tokens, hour = AdminFactory(), {}, timedelta(hours=1)
    for kind in ("used", "withdrawn", "expired", "sent anew", "with an account"):
        made = InvitationFactory(role="admin")
        tokens[kind] = invitations.token(made)
        if kind == "used":
            invitations.accept(made, name="Rosa", password=NEW, by=None)
        if kind == "withdrawn":
            invitations.revoke(made, by=admin)
        if kind in ("expired", "with an account"):
            Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now() - hour)
        if kind == "sent anew":
            invitations.resend(made, by=admin)
        if kind == "with an account":
            UserFactory(email=made.email)
    tokens["nobody"] = "no-such-token"
    form = {"name": "Rosa", "password": NEW}

    def link(token):
        return reverse("invitation", args=[token])

    answers = each(tokens, lambda token: answer_of(link(token), None, token))
    posted = each(tokens, lambda token: answer_of(link(token), form, token))

    assert unlike(answers) == unlike(posted) == {}
    assert (posted["nobody"].pages[0][0], posted["nobody"].hashes) == (404, 0)


def test_A09_asking_for_a_link_code(answer_of):
    """A mail is sent for the first one only; that its owner finds out is the purpose."""
    born = date(1961, 3, 4)
    PatientFactory(user=None, email="chart@example.org", date_of_birth=born)
    PatientFactory(email="linked@example.org")
    PatientFactory(user=None, email="late@example.org", deceased_on=date(2026, 1, 1))
    contacts = {kind: f"{kind}@example.org" for kind in ("chart", "linked", "late", "nobody")}
    contacts["staff"] = DoctorFactory().user.email

    def ask(contact):
        client, user = Client(), PatientFactory(name="Ana", phone="+34600000009").user
        client.force_login(user)
        path, code_page = reverse("link-chart"), reverse("link-chart-code")
        asked = answer_of(path, {"contact": contact}, contact, client=client)
        form = {"code": "000000", "date_of_birth": "4/3/1961"}
        tried = answer_of(code_page, form, contact, client=client)
        return (asked.pages, asked.path, asked.cookies, asked.hashes, tried)

    answers = each(contacts, ask)

    assert unlike(answers) == {}
