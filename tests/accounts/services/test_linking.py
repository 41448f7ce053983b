"""A login joins the chart that the desk keeps, by a code or by the desk."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from portal.accounts.services import linking
from portal.enums import Channel, NotificationState, UserState
from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.models import AuditEvent, LinkCode, Notification, Patient
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    NotificationFactory,
    PatientFactory,
)

pytestmark = pytest.mark.django_db
BORN = date(1961, 3, 4)
FILED = "ana@example.org"


@pytest.fixture
def chart():
    """Kept by the desk, with an appointment."""
    chart = PatientFactory(user=None, name="Ana García", email=FILED, date_of_birth=BORN)
    AppointmentFactory(patient=chart)
    return chart


@pytest.fixture
def user():
    return PatientFactory(name="Ana Garcia", date_of_birth=None, phone="+34600000009").user


@pytest.fixture
def assistant():
    return AssistantFactory().user


def code_for(user, contact=FILED) -> str:
    linking.send_code(contact, by=user)
    return Notification.objects.filter(event="link_code").latest("pk").facts["code"]


def join(user, code, born=BORN):
    return linking.join_by_code(code, date_of_birth=born, by=user)


def test_A09_a_code_to_the_mail_on_file_joins_the_chart(chart, user):
    own = user.patient.pk

    code = code_for(user)
    sent = Notification.objects.get(event="link_code")
    joined = join(user, code)

    chart.refresh_from_db()
    assert (sent.address, sent.user, sent.channel) == (FILED, None, Channel.EMAIL)
    assert re.fullmatch(r"\d{6}", code)
    assert (joined.pk, chart.user, chart.name) == (chart.pk, user, "Ana García")
    assert not Patient.objects.filter(pk=own).exists()
    assert [str(one.number.as_e164) for one in chart.further_phones.all()] == ["+34600000009"]
    event = AuditEvent.objects.get(verb="link")
    assert event.changes == {"user": user.pk, "retired": own, "by_code": True}
    told = Notification.objects.filter(event="chart_linked", user=user)
    assert {one.channel for one in told} == {Channel.EMAIL, Channel.PORTAL}
    assert not LinkCode.objects.exists()


def test_A09_a_code_goes_to_a_further_phone_by_sms(chart, user, settings):
    settings.SMS_URL = "folder:"
    chart.further_phones.create(label="son", number="+34655444333")

    linking.send_code("+34655444333", by=user)

    sent = Notification.objects.get(event="link_code")
    assert (sent.channel, sent.address) == (Channel.SMS, "+34655444333")


def test_A09_whatever_is_not_one_living_chart_without_login_gets_no_code(chart, user):
    PatientFactory(user=None, email="family@example.org")
    PatientFactory(user=None, email="family@example.org")
    PatientFactory(email="other@example.org")
    PatientFactory(user=None, email="dead@example.org", deceased_on=date(2026, 1, 1))

    contacts = ("family", "other", "dead", "nobody")
    for contact in contacts:
        user = PatientFactory().user
        linking.send_code(f"{contact}@example.org", by=user)
        with pytest.raises(PortalError, match="The code or the date of birth is not right"):
            join(user, "123456")

    assert not Notification.objects.filter(event="link_code").exists()
    assert LinkCode.objects.count() == len(contacts)


def test_A09_known_and_unknown_addresses_cost_the_same_queries(
    chart, user, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for contact in (FILED, "nobody@example.org"):
        asker = PatientFactory().user
        with CaptureQueriesContext(connection) as made:
            linking.send_code(contact, by=asker)
        reads = [one for one in made.captured_queries if one["sql"].startswith("SELECT")]
        counts.append(len(reads))

    assert counts[0] == counts[1]


def test_A09_the_code_alone_is_not_enough(chart, user):
    code = code_for(user)

    with pytest.raises(PortalError) as refused:
        join(user, code, born=date(1961, 3, 5))

    assert refused.value.field == "code"
    assert join(user, code).pk == chart.pk


def test_A09_a_chart_without_a_date_of_birth_takes_the_users(user):
    chart = PatientFactory(user=None, email=FILED, date_of_birth=None, birth_year_about=1961)
    Patient.objects.filter(user=user).update(date_of_birth=BORN)

    join(user, code_for(user))

    chart.refresh_from_db()
    assert (chart.date_of_birth, chart.birth_year_about) == (BORN, None)


def test_A09_five_tries_end_a_code_even_the_right_one(chart, user):
    code = code_for(user)
    wrong = "000000" if code != "000000" else "000001"
    for _try in range(linking.MOST_TRIES):
        with pytest.raises(PortalError, match="not right"):
            join(user, wrong)

    with pytest.raises(PortalError, match="no longer valid"):
        join(user, code)


def test_A09_a_code_ends_after_ten_minutes(chart, user):
    code = code_for(user)

    with (
        time_machine.travel(timezone.now() + timedelta(minutes=11)),
        pytest.raises(PortalError, match="no longer valid"),
    ):
        join(user, code)


def test_A09_a_code_is_the_users_own(chart, user):
    code, other = code_for(user), PatientFactory().user
    linking.send_code("nobody@example.org", by=other)

    with pytest.raises(PortalError, match="not right"):
        join(other, code)


def test_A09_a_user_and_an_address_get_a_few_codes_only(chart):
    user = PatientFactory().user
    for number in range(linking.CODES_PER_USER.most):
        linking.send_code(f"{number}@example.org", by=user)
    with pytest.raises(LimitReached):
        linking.send_code(FILED, by=user)
    for _time in range(linking.CODES_PER_ADDRESS.most + 2):
        linking.send_code(FILED, by=PatientFactory().user)

    sent = Notification.objects.filter(event="link_code").count()
    assert sent == linking.CODES_PER_ADDRESS.most


def test_A09_an_account_with_appointments_is_sent_to_the_desk(chart, user):
    AppointmentFactory(patient=user.patient)
    code = code_for(user)

    with pytest.raises(PortalError, match="merge"):
        join(user, code)

    chart.refresh_from_db()
    assert chart.user is None
    assert Patient.objects.get(user=user).name == "Ana Garcia"


def test_A09_messages_to_the_account_stay(chart, user):
    message = NotificationFactory(appointment=None, patient=user.patient, user=user, facts={})

    join(user, code_for(user))

    message.refresh_from_db()
    assert (message.patient, message.user) == (chart, user)


def test_A09_only_patients_ask_for_codes(chart):
    with pytest.raises(Forbidden):
        linking.send_code(FILED, by=DoctorFactory().user)


def test_A09_the_desk_joins_an_account_by_its_exact_address(chart, user, assistant):
    linking.link(chart, email=user.email.upper(), by=assistant)

    chart.refresh_from_db()
    assert chart.user == user
    assert Notification.objects.filter(event="chart_linked", user=user).exists()
    assert AuditEvent.objects.get(verb="link").actor_id == assistant.pk
    with pytest.raises(StaleState):
        linking.link(chart, email=PatientFactory().user.email, by=assistant)


def test_A09_the_desk_joins_no_staff_no_blocked_and_no_half_known_account(chart, assistant):
    blocked = PatientFactory().user
    blocked.state = UserState.BLOCKED
    blocked.save()

    for email in (DoctorFactory().user.email, blocked.email, "nobody@example.org"):
        with pytest.raises(PortalError) as refused:
            linking.link(chart, email=email, by=assistant)
        assert refused.value.field == "email"


def test_A09_the_desk_takes_a_chart_from_the_wrong_account(chart, user, assistant):
    linking.link(chart, email=user.email, by=assistant)
    chart.refresh_from_db()
    read = NotificationFactory(appointment=chart.appointments.get())
    queued = NotificationFactory(
        appointment=chart.appointments.get(), channel="email", state="queued"
    )

    linking.unlink(chart, reason="A namesake", by=assistant)

    chart.refresh_from_db()
    own = Patient.objects.get(user=user)
    assert (chart.user, own.name, own.appointments.count()) == (None, user.name, 0)
    assert chart.appointments.count() == 1
    seen = Notification.objects.visible_to(user)
    assert read not in seen
    assert seen.get(event="chart_unlinked")
    queued.refresh_from_db()
    assert queued.state == NotificationState.VOID
    assert AuditEvent.objects.get(verb="unlink").changes["reason"] == "A namesake"
    with pytest.raises(StaleState):
        linking.unlink(chart, reason="Again", by=assistant)


def test_A09_patients_and_doctors_do_not_join_accounts(chart, user):
    for by in (user, DoctorFactory().user):
        with pytest.raises(Forbidden):
            linking.link(chart, email=user.email, by=by)
        with pytest.raises(Forbidden):
            linking.unlink(chart, reason="x", by=by)
