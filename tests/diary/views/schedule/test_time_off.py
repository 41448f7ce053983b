"""Taking time off, ending it, and the list of them (requirement B19)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.models import Appointment, Notification, TimeOff
from tests.diary.views.schedule.settling import LIST, NEW, seen, url
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
)
from tests.plugins.people import signed_in
from tests.setups.diary import DAY, NOW, at, book_at, slot_at
from tests.setups.tuesday_noon import tuesday_noon  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

NEXT = DAY + timedelta(1)


def test_B19_it_begins_with_the_dates(as_doctor):
    response = as_doctor.get(NEW)

    assert response.status_code == 200
    assert "See what is booked" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"last": ""}, "Enter a date"),
        ({"last": "2026-03-03", "first": "2026-03-04"}, "after the start"),
        ({"first": "2026-03-01", "last": "2026-03-02"}, "has passed"),
        ({"last": "2029-01-01"}, "too far"),
        ({"first": "2026-03-29", "first_at": "02:30", "last": "2026-03-30"}, "no such time"),
        ({"first_at": "25:99"}, "Enter a time"),
    ],
)
def test_B19_dates_that_make_no_sense_are_kept_and_explained(as_doctor, query, said):
    response = as_doctor.get(url(**query))

    assert response.status_code == 422
    assert said in response.content.decode()
    assert query.get("last", str(DAY)) in response.content.decode()


def test_B19_saved_as_picked(as_doctor, doctor):
    move, hand, cancel = (book_at(doctor, text) for text in ("09:00", "09:30", "10:00"))
    slot, colleague = slot_at(doctor, "09:00", NEXT), DoctorFactory(office=doctor.office)

    response = as_doctor.post(
        url(),
        {
            "seen": seen(move, hand, cancel),
            f"do-{move.pk}": f"slot-{slot.pk}",
            f"do-{hand.pk}": "hand",
            f"to-{hand.pk}": colleague.pk,
            f"do-{cancel.pk}": "cancel",
            f"message-{cancel.pk}": "Sorry, I am ill.",
            "note": "Ill",
        },
        follow=True,
    )

    assert response.redirect_chain == [(LIST, 302)]
    assert "All 3 appointments are settled" in response.content.decode()
    found = Appointment.objects.in_bulk()
    assert found[move.pk].slot == slot
    assert found[hand.pk].doctor == colleague
    assert found[cancel.pk].cancel_comment == "Sorry, I am ill."
    assert "Ill" in response.content.decode()


def test_B19_the_desk_does_it_for_a_doctor_of_its_office(as_assistant, as_admin, doctor):
    for client in (as_assistant, as_admin):
        response = client.get(url(doctor=doctor.pk))
        assert response.status_code == 200
        assert doctor.name in response.content.decode()
    saved = as_assistant.post(url(doctor=doctor.pk), {"seen": "", "note": ""})

    assert saved.url == f"{LIST}?doctor={doctor.pk}"
    assert TimeOff.objects.get().doctor == doctor


def test_B19_who_may_not(as_patient, as_doctor, doctor):
    stranger = signed_in(AssistantFactory(offices=[OfficeFactory()]).user)

    assert as_patient.get(NEW).status_code == 403
    assert stranger.get(url(doctor=doctor.pk)).status_code == 404
    assert stranger.get(NEW).status_code == 403
    other = TimeOff.objects.create(
        doctor=DoctorFactory(), starts_at=NOW, ends_at=NOW + timedelta(1)
    )
    assert as_doctor.get(f"{LIST}{other.pk}/end/").status_code == 404


def test_B19_the_desk_does_not_see_who_is_at_an_office_of_others(as_assistant, doctor):
    patient = PatientFactory(name="Nobody’s Business")
    own = AppointmentFactory(
        doctor=doctor, patient=patient, office=OfficeFactory(), starts_at=at("09:00")
    )

    shown = as_assistant.get(url(doctor=doctor.pk))
    sent = as_assistant.post(
        url(doctor=doctor.pk),
        {"seen": seen(own), f"do-{own.pk}": "cancel", f"message-{own.pk}": "x"},
    )

    for response in (shown, sent):
        assert "Nobody" not in response.content.decode()
        assert "that you do not run" in response.content.decode()
    assert sent.status_code == 422
    assert not TimeOff.objects.exists()


def test_B19_one_who_has_arrived_cannot_be_settled_here(as_doctor, doctor):
    own = book_at(doctor, "09:00")
    own.state = "arrived"
    own.save()

    response = as_doctor.post(url(), {"seen": seen(own)})

    assert response.status_code == 422
    assert "has arrived" in response.content.decode()


def test_B19_requests_need_no_choice(as_doctor, doctor):
    own = AppointmentFactory(doctor=doctor, starts_at=at("09:00"), state="requested")

    response = as_doctor.post(url(), {"seen": seen(own)})

    assert response.status_code == 302
    assert TimeOff.objects.exists()
    assert Notification.objects.filter(event="appointment_cancelled").count() == 0


def test_B19_a_long_note_is_refused_and_kept(as_doctor, doctor):
    response = as_doctor.post(url(), {"seen": "", "note": "x" * 201})

    assert response.status_code == 422
    assert "x" * 201 in response.content.decode()


def test_B19_more_than_can_be_settled_at_once_is_refused(as_doctor, doctor, monkeypatch):
    monkeypatch.setattr("portal.diary.services.time_off.MOST", 1)
    book_at(doctor, "09:00")
    book_at(doctor, "09:30")

    response = as_doctor.get(url())

    assert response.status_code == 422
    assert "at most 1 at once" in response.content.decode()


def test_B19_the_page_asks_as_often_for_one_as_for_many(
    as_doctor, doctor, django_assert_num_queries, django_assert_max_num_queries
):
    DoctorFactory(specialty=doctor.specialty)
    book_at(doctor, "09:00")
    slot_at(doctor, "09:00", NEXT)
    as_doctor.get(url())
    with django_assert_max_num_queries(16) as few:
        as_doctor.get(url())
    for text in ("09:30", "10:00", "10:30", "11:00"):
        book_at(doctor, text)
        slot_at(DoctorFactory(), text)
        slot_at(doctor, text, NEXT)
        TimeOff.objects.create(doctor=DoctorFactory(), starts_at=at(text), ends_at=at("13:00"))

    with django_assert_num_queries(len(few.captured_queries)):
        as_doctor.get(url())


def test_B19_the_list_counts_what_is_to_come_and_past(as_doctor, doctor, django_assert_num_queries):
    def make(days, **fields):
        starts = NOW + timedelta(days=days)
        TimeOff.objects.create(
            doctor=doctor, starts_at=starts, ends_at=starts + timedelta(1), **fields
        )

    make(2, note="Fair"), make(-3), make(4, cancelled_at=NOW)
    as_doctor.get(LIST)
    with django_assert_num_queries(9):
        response = as_doctor.get(LIST)
    make(6), make(-6)
    with django_assert_num_queries(9):
        more = as_doctor.get(LIST)

    assert [len(response.context["coming"]), response.context["past_count"]] == [1, 1]
    assert [len(more.context["coming"]), more.context["past_count"]] == [2, 2]
    assert "Fair" in response.content.decode()


def test_B19_it_ends_earlier_or_is_taken_back(as_doctor, doctor):
    away = TimeOff.objects.create(doctor=doctor, starts_at=at("00:00"), ends_at=at("00:00", NEXT))
    end = reverse("time-off-end", args=[away.pk])

    shown = as_doctor.get(end)
    empty = as_doctor.post(end, {"what": "early"})
    late = as_doctor.post(end, {"what": "early", "last": NEXT, "last_at": "12:00"})
    early = as_doctor.post(end, {"what": "early", "last": DAY, "last_at": "12:00"})
    away.refresh_from_db()
    shortened = away.ends_at
    back = as_doctor.post(end, {"what": "back"})

    assert f'value="{DAY}"' in shown.content.decode()
    assert [empty.status_code, late.status_code] == [422, 422]
    assert "present end" in late.content.decode()
    assert [early.status_code, back.status_code] == [302, 302]
    assert shortened == at("12:00")
    away.refresh_from_db()
    assert away.cancelled_at == timezone.now()
    assert as_doctor.get(end).status_code == 404


def test_B19_one_that_is_over_cannot_be_changed(as_doctor, doctor):
    over = TimeOff.objects.create(doctor=doctor, starts_at=NOW - timedelta(2), ends_at=NOW)

    response = as_doctor.get(reverse("time-off-end", args=[over.pk]), follow=True)

    assert "is over" in response.content.decode()


def test_B19_nothing_is_booked_then(as_doctor, doctor):
    SlotFactory(doctor=doctor, starts_at=at("09:00"))

    response = as_doctor.get(url())

    assert "Nothing is booked then" in response.content.decode()
    assert "1 free time goes too" in response.content.decode()
