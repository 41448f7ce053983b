"""Sessions that nobody uses end, and so do old ones; a late form is kept (requirement A12)."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import ClinicSettings
from tests.accounts.views.conftest import is_signed_in, sign_in
from tests.factories import PASSWORD, AdminFactory, PatientFactory

pytestmark = pytest.mark.django_db

BELL = {"HX-Request": "true", "HX-Trigger": "bell"}


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana(db):
    return PatientFactory(user__email="ana@example.org").user


@pytest.fixture
def as_ana(clock, ana):
    client = Client()
    sign_in(client, ana.email, PASSWORD)
    return client


@pytest.fixture
def as_boss(clock, db):
    boss, client = AdminFactory(email="boss@example.org"), Client()
    sign_in(client, boss.email, PASSWORD)
    return client


def later(clock, **span):
    clock.shift(timedelta(**span))


def test_A12_staff_end_after_15_minutes_patients_after_30(clock, as_ana, as_boss):
    later(clock, minutes=16)
    boss, ana = as_boss.get(reverse("manage")), as_ana.get(reverse("profile"))
    later(clock, minutes=31)

    assert boss["Location"].startswith(reverse("account_login"))
    assert "next=%2Fmanage%2F" in boss["Location"]
    assert ana.status_code == 200
    assert not is_signed_in(as_ana)


def test_A12_use_prolongs_the_session_up_to_twelve_hours(clock, as_ana):
    for _ in range(12 * 3 - 1):
        later(clock, minutes=20)
        assert as_ana.get(reverse("profile")).status_code == 200
    later(clock, minutes=20)

    assert as_ana.get(reverse("profile")).status_code == 302


def test_A12_background_requests_prolong_nothing(clock, as_ana):
    for _ in range(6):
        later(clock, minutes=5)
        as_ana.get(reverse("notifications-bell"), headers=BELL)
        as_ana.get(reverse("session-state"))
    later(clock, minutes=1)

    assert as_ana.get(reverse("session-state")).json()["seconds"] == 0
    assert not is_signed_in(as_ana)


def test_A12_use_is_written_once_a_minute(clock, as_ana, ana, django_assert_num_queries):
    page = reverse("session-stay")
    later(clock, minutes=2)
    as_ana.post(page)
    seen = UserSession.objects.get(user=ana).last_seen_at
    later(clock, seconds=30)

    with django_assert_num_queries(3):  # session, user, settings
        as_ana.post(page)
    assert seen == timezone.now() - timedelta(seconds=30)


def test_A12_admins_set_the_limit(clock, as_ana):
    ClinicSettings.objects.update_or_create(pk=1, defaults={"patient_idle_minutes": 10})
    later(clock, minutes=11)

    assert not is_signed_in(as_ana)


def test_A12_page_says_how_long_it_has(clock, as_ana):
    later(clock, minutes=10)
    before = as_ana.get(reverse("session-state")).json()["seconds"]
    page = as_ana.get(reverse("profile")).content.decode()

    assert before == 20 * 60
    assert 'data-seconds="1800"' in page


def test_A12_part_of_a_page_leads_back_to_the_page(clock, as_ana):
    later(clock, minutes=31)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/appointments/?page=2"}

    answer = as_ana.get(reverse("appointments"), headers=headers)

    assert "next=%2Fappointments%2F%3Fpage%3D2" in answer["HX-Redirect"]


def test_A12_public_page_is_shown_as_to_a_visitor(clock, as_ana):
    later(clock, minutes=31)

    assert as_ana.get(reverse("doctors")).status_code == 200
    assert not is_signed_in(as_ana)


# --- A form that was sent too late ------------------------------------------------------------

FORM = {"name": "Ana <b>Sol</b>", "phone": "600111222", "gender": ["", "x"]}


@pytest.fixture
def late(clock, as_ana):
    later(clock, minutes=31)
    answer = as_ana.post(reverse("profile"), FORM)
    assert "next=%2Fsession%2Flate-form%2F" in answer["Location"]
    return as_ana


def test_A12_late_form_is_offered_again_after_signing_in(late, ana):
    answer = sign_in(late, ana.email, PASSWORD, next=reverse("late-form"))
    page = late.get(answer["Location"]).content.decode()

    assert 'action="/profile/"' in page
    assert 'value="Ana &lt;b&gt;Sol&lt;/b&gt;"' in page
    assert page.count('name="gender"') == 2


def test_A12_late_form_waits_for_its_sender_only(late):
    sign_in(late, PatientFactory(user__email="other@example.org").user.email, PASSWORD)

    page = late.get(reverse("late-form"), follow=True).content.decode()

    assert "Sol" not in page
    assert "not kept any more" in page


def test_A12_late_form_is_kept_for_a_quarter_of_an_hour(clock, late, ana):
    later(clock, minutes=16)
    sign_in(late, ana.email, PASSWORD)

    assert late.get(reverse("late-form"))["Location"] == reverse("dashboard")


def test_A12_late_form_can_be_dropped(late, ana):
    sign_in(late, ana.email, PASSWORD)
    late.post(reverse("late-form-drop"))

    assert late.get(reverse("late-form"))["Location"] == reverse("dashboard")


def test_A12_late_form_lies_encrypted(late):
    assert "Sol" not in str(late.session["late_form"])


@pytest.mark.parametrize(
    "fields", [{"password": "x"}, {"oldpassword": "x"}, {"note": "x" * 70_000}, {}]
)
def test_A12_passwords_and_long_forms_are_not_kept(clock, as_ana, fields):
    later(clock, minutes=31)

    answer = as_ana.post(reverse("profile"), fields)

    assert "late-form" not in answer["Location"]
    assert "late_form" not in as_ana.session


# --- The list of devices ----------------------------------------------------------------------


def test_A12_devices_show_their_last_use_and_are_signed_out(clock, as_ana, ana):
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0")
    sign_in(phone, ana.email, PASSWORD)
    later(clock, minutes=7)

    page = as_ana.get(reverse("usersessions_list")).content.decode()
    as_ana.post(reverse("usersessions_list"))

    assert "Firefox" in page
    assert re_spaces("last used 7 minutes ago") in re_spaces(page)
    assert "This device" in page
    assert not is_signed_in(phone)
    assert is_signed_in(as_ana)


def re_spaces(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())
