"""/appointments/: the user's own, in tabs, and a doctor's day."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from portal.enums import AppointmentState
from portal.models import ClinicSettings
from tests.factories import AppointmentFactory, DoctorFactory, PatientFactory, in_days

URL = reverse("appointments")


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


def cancel_url(appointment) -> str:
    return reverse("appointment-cancel", args=[appointment.pk])


def test_visitors_are_sent_to_sign_in(client, db):
    assert client.get(URL)["Location"] == f"{reverse('account_login')}?next={URL}"


def test_B17_a_patient_sees_own_with_doctor_office_and_zone(as_patient, appointment):
    foreign = AppointmentFactory(starts_at=in_days(3))

    page = as_patient.get(URL).content.decode()

    assert appointment.doctor.name in page
    assert appointment.office.name in page
    assert "Madrid time" in page
    assert appointment.get_absolute_url() in page
    assert foreign.get_absolute_url() not in page


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_B17_staff_see_theirs_with_two_identifiers(request, who, appointment):
    client = request.getfixturevalue(who)

    page = client.get(URL).content.decode()

    assert appointment.get_absolute_url() in page
    assert appointment.patient.name in page
    assert "17 May 1980" in page
    assert str(appointment.patient.phone) in page


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_patient"])
def test_B17_foreign_ones_are_not_listed(request, who):
    client = request.getfixturevalue(who)
    foreign = AppointmentFactory(starts_at=in_days(3))

    assert foreign.get_absolute_url() not in client.get(URL).content.decode()


def test_tabs_are_links_with_the_current_one_marked(as_patient, patient):
    past = AppointmentFactory(patient=patient, starts_at=in_days(-3))
    cancelled = AppointmentFactory(patient=patient, state=AppointmentState.CANCELLED)

    pages = {
        tab: as_patient.get(URL, {"tab": tab}).content.decode() for tab in ("past", "cancelled")
    }

    assert past.get_absolute_url() in pages["past"]
    assert cancelled.get_absolute_url() in pages["cancelled"]
    assert past.get_absolute_url() not in pages["cancelled"]
    assert '<a href="?tab=past" aria-current="page">' in pages["past"]


@pytest.mark.parametrize("query", [{"tab": "nonsense"}, {"page": "x"}, {"day": "2026-99-99"}])
def test_nonsense_in_the_url_shows_the_coming_ones(as_patient, appointment, query):
    response = as_patient.get(URL, query)

    assert appointment.get_absolute_url() in response.content.decode()


def test_an_empty_list_offers_the_next_step(as_patient):
    page = as_patient.get(URL).content.decode()

    assert "No upcoming appointments" in page
    assert f'href="{reverse("slots")}"' in page


@pytest.mark.parametrize("tab", ["upcoming", "past", "cancelled"])
@pytest.mark.parametrize("page", ["1", "2"])
def test_every_empty_tab_says_so(as_doctor, tab, page):
    response = as_doctor.get(URL, {"tab": tab, "page": page})

    assert response.status_code == 200
    assert b'class="empty"' in response.content


def test_B13_the_cancel_link_shows_where_it_is_allowed(as_patient, as_doctor, patient, doctor):
    ClinicSettings.objects.create(pk=1, cancel_cutoff_hours=36)
    soon = AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(1))
    later = AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(4))

    for_patient = as_patient.get(URL).content.decode()
    for_doctor = as_doctor.get(URL).content.decode()

    assert cancel_url(later) in for_patient
    assert cancel_url(soon) not in for_patient
    assert cancel_url(soon) in for_doctor


def test_pages_hold_fifty_and_queries_do_not_grow(as_doctor, doctor, django_assert_max_num_queries):
    patients = PatientFactory.create_batch(3)
    for number in range(51):
        AppointmentFactory(
            doctor=doctor,
            patient=patients[number % 3],
            starts_at=in_days(2) + timedelta(minutes=30 * number),
        )

    with django_assert_max_num_queries(5):
        response = as_doctor.get(URL)
    last = as_doctor.get(URL, {"page": 2})

    assert sum(len(lines) for _day, lines in response.context["groups"]) == 50
    assert 'rel="next" href="?page=2"' in response.content.decode()
    assert sum(len(lines) for _day, lines in last.context["groups"]) == 1


def test_B17_a_doctors_day_lists_that_day_in_order(as_doctor, doctor):
    late = AppointmentFactory(doctor=doctor, starts_at=in_days(2, hour=15), reason="Knee pain")
    early = AppointmentFactory(doctor=doctor, starts_at=in_days(2, hour=9))
    AppointmentFactory(doctor=doctor, starts_at=in_days(3))
    AppointmentFactory(doctor=DoctorFactory(office=doctor.office), starts_at=in_days(2))

    response = as_doctor.get(URL, {"day": f"{in_days(2):%Y-%m-%d}"})

    assert [line.pk for line in response.context["lines"]] == [early.pk, late.pk]
    assert "Knee pain" in response.content.decode()


def test_a_doctors_day_counts_who_holds_a_time_apart_from_who_does_not(as_doctor, doctor):
    for hour, state in ((9, "confirmed"), (10, "completed"), (11, "cancelled"), (12, "requested")):
        AppointmentFactory(doctor=doctor, starts_at=in_days(2, hour=hour), state=state)

    page = as_doctor.get(URL, {"day": f"{in_days(2):%Y-%m-%d}"}).content.decode()

    assert "2 appointments, 1 request, 1 cancelled" in page


def test_a_doctors_day_links_to_the_days_beside_it(as_doctor):
    page = as_doctor.get(URL, {"day": "2026-03-01"}).content.decode()

    assert "Sunday 1 March 2026" in page
    assert 'href="?day=2026-02-28"' in page
    assert 'href="?day=2026-03-02"' in page
    assert reverse("schedule-day", args=[date(2026, 3, 1)]) in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_error(as_doctor, as_admin, day):
    assert as_doctor.get(URL, {"day": day}).status_code == 200
    assert as_admin.get(reverse("desk"), {"day": day}).status_code == 200


def test_a_doctors_day_takes_few_queries(as_doctor, doctor, django_assert_max_num_queries):
    for number in range(8):
        AppointmentFactory(
            doctor=doctor, starts_at=in_days(2, hour=9) + timedelta(minutes=30 * number)
        )

    with django_assert_max_num_queries(7):
        as_doctor.get(URL, {"day": f"{in_days(2):%Y-%m-%d}"})


def test_the_desk_is_sent_to_its_own_page_for_a_day(as_assistant):
    response = as_assistant.get(URL, {"day": "2026-03-04"})

    assert response["Location"] == f"{reverse('desk')}?day=2026-03-04"


def test_only_reading(as_patient):
    assert as_patient.post(URL).status_code == 405
