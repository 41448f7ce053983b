"""/desk/walk-in/ at a desk that runs several offices, when it is said, and Undo (B21)."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from portal.models import Appointment, AuditEvent, Notification, Slot
from tests.factories import AssistantFactory, DoctorFactory, PatientFactory
from tests.plugins.people import signed_in
from tests.setups.diary import slot_at
from tests.setups.in_use import stay_signed_in

URL, EXTRA = reverse("walk-in"), reverse("walk-in-extra")


@pytest.fixture(autouse=True)
def clock():
    """Wednesday 4 March 2026, 10:03 in Madrid."""
    with time_machine.travel(datetime(2026, 3, 4, 9, 3, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def doctor(db):
    return DoctorFactory(name="Dr Elena Ruiz", office__name="Alder Centro")


@pytest.fixture
def distant(db):
    return DoctorFactory(name="Dr Far", office__name="Alder Sur")


@pytest.fixture
def walker(db):
    return PatientFactory(name="Walter Keen", user=None)


@pytest.fixture
def desk(doctor, distant):
    """Runs both offices."""
    return stay_signed_in(signed_in(AssistantFactory(offices=[doctor.office, distant.office]).user))


def form(walker, slot, office, **fields) -> dict:
    data = {"patient": walker.pk, "slot": slot.pk, "office": office.pk}
    return data | {"reason": "Cough", "here": "on", "token": uuid4(), **fields}


def names(response) -> list[str]:
    return [one.doctor for one, *_words in response.context["openings"]]


def test_B21_the_desk_offers_the_doctors_of_its_own_office(desk, doctor, distant, walker):
    slot_at(doctor, "11:00")
    slot_at(distant, "10:30")

    here = desk.get(URL, {"patient": walker.pk, "office": doctor.office_id})
    others = desk.get(URL, {"patient": walker.pk, "office": doctor.office_id, "others": 1})

    page = here.content.decode()
    assert names(here) == ["Dr Elena Ruiz"]
    assert "others=1" in page
    assert "Other offices" in page
    assert names(others) == ["Dr Far"]
    assert "Alder Sur" in others.content.decode()
    assert "The patient stands at Alder Centro and has to go there." in others.content.decode()


def test_B21_nobody_arrives_in_another_city(desk, doctor, distant, walker):
    slot = slot_at(distant, "10:30")

    response = desk.post(URL, form(walker, slot, doctor.office, others=1), follow=True)

    assert Appointment.objects.get().state == "confirmed"
    words = "Walter Keen is booked with Dr Far at 10:30 at Alder Sur."
    assert words in response.content.decode()


def test_B21_who_stands_at_the_desk_of_the_office_has_arrived(desk, doctor, walker):
    response = desk.post(URL, form(walker, slot_at(doctor, "10:30"), doctor.office))

    assert Appointment.objects.get().state == "arrived"
    assert response["Location"] == f"{reverse('desk')}?office={doctor.office_id}"


@pytest.mark.parametrize("url", [URL, EXTRA])
def test_B21_which_office_is_asked_once_and_then_remembered(desk, doctor, distant, walker, url):
    asked = desk.get(url, {"patient": walker.pk}).content.decode()
    desk.post(URL, form(walker, slot_at(doctor, "10:30"), doctor.office))
    again = desk.get(url, {"patient": walker.pk}).content.decode()

    assert "At which office are you?" in asked
    assert f"office={distant.office_id}" in asked
    assert "At which office are you?" not in again


def test_B21_an_office_of_others_cannot_be_named(desk, walker):
    foreign = DoctorFactory()

    page = desk.get(URL, {"patient": walker.pk, "office": foreign.office_id}).content.decode()

    assert "At which office are you?" in page
    assert foreign.office.name not in page


def test_B21_the_office_goes_along_from_the_day_sheet_to_the_doctors(desk, doctor, walker):
    query = f"office={doctor.office_id}"

    sheet = desk.get(reverse("desk"), {"office": doctor.office_id}).content.decode()
    choose = desk.get(URL, {"office": doctor.office_id, "q": "keen"}).content.decode()

    assert f'href="{URL}?{query}"' in sheet
    assert f'href="{URL}"' in desk.get(reverse("desk")).content.decode()
    assert f'href="?patient={walker.pk}&amp;{query}"' in choose
    assert f"walk_in=1&amp;{query}" in choose
    assert f'name="office" value="{doctor.office_id}"' in choose


def test_A09_who_is_entered_on_the_way_goes_back_to_the_same_desk(desk, doctor):
    url = f"{reverse('patient-new')}?walk_in=1&office={doctor.office_id}"
    data = {"name": "Nora Vidal", "phone": "+34600111222", "token": uuid4()}

    response = desk.post(url, data)

    assert response["Location"].startswith(f"{URL}?patient=")
    assert response["Location"].endswith(f"&office={doctor.office_id}")


def test_B21_an_extra_time_is_for_doctors_of_the_desks_office(desk, doctor, distant, walker):
    page = desk.get(EXTRA, {"patient": walker.pk, "office": doctor.office_id})

    assert dict(page.context["form"].fields["doctor"].choices) == {doctor.pk: doctor.name}
    data = form(walker, Slot(pk=0), doctor.office, doctor=distant.pk, start="10:30", minutes=20)
    assert "doctor" in desk.post(EXTRA, data).context["form"].errors


@pytest.mark.parametrize(
    ("time", "says"),
    [
        ("10:05", "Now with Dr Elena Ruiz, 10:05"),
        ("10:30", "10:30 with Dr Elena Ruiz, in 27 min"),
        ("12:03", "12:03 with Dr Elena Ruiz, in 2 h"),
        ("12:13", "12:13 with Dr Elena Ruiz, in 2 h 10 min"),
    ],
)
def test_B21_a_button_says_when_it_is(desk, doctor, walker, time, says):
    slot_at(doctor, time)

    page = desk.get(URL, {"patient": walker.pk, "office": doctor.office_id}).content.decode()

    button = page[page.index('name="slot"') :].partition("</button>")[0].partition(">")[2]
    shown = re.sub(r"</?(bdi|span)>", "", button)
    assert " ".join(shown.split()) == says
    assert "<bdi>Dr Elena Ruiz</bdi>" in button
    assert ("Now with" in page) is says.startswith("Now")


def undo_url() -> str:
    return reverse("walk-in-undo", args=[Appointment.objects.get().pk])


def test_B21_the_message_takes_it_back(desk, doctor, walker):
    slot = slot_at(doctor, "10:30")
    page = desk.post(URL, form(walker, slot, doctor.office), follow=True).content.decode()
    back = f"{reverse('desk')}?office={doctor.office_id}"

    response = desk.post(undo_url(), {"back": back}, follow=True)

    assert f'action="{undo_url()}"' in page
    assert f'name="back" value="{back}"' in page
    assert response.redirect_chain == [(back, 302)]
    assert "Taken back: Walter Keen is not booked" in response.content.decode()
    slot.refresh_from_db()
    assert (Appointment.objects.get().state, slot.state) == ("cancelled", "open")
    verbs = AuditEvent.objects.filter(object_type="appointment").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["book", "arrive", "undo_arrive", "cancel"]
    assert Notification.objects.filter(event="appointment_cancelled").exists()


def test_B21_undo_is_for_a_slip_not_for_later(desk, doctor, walker, clock):
    desk.post(URL, form(walker, slot_at(doctor, "10:30"), doctor.office))
    clock.shift(timedelta(minutes=16))

    page = desk.post(undo_url(), follow=True).content.decode()

    assert "It is too late for Undo." in page
    assert Appointment.objects.get().state == "arrived"


def test_B21_undo_is_for_whoever_booked_it(desk, doctor, distant, walker, as_admin):
    desk.post(URL, form(walker, slot_at(doctor, "10:30"), doctor.office))
    stranger = signed_in(AssistantFactory(offices=[DoctorFactory().office]).user)

    assert stranger.post(undo_url()).status_code == 404
    as_admin.post(undo_url())
    assert as_admin.get(undo_url()).status_code == 405
    assert Appointment.objects.get().state == "arrived"


def test_B21_who_is_in_the_room_stays(desk, doctor, walker):
    desk.post(URL, form(walker, slot_at(doctor, "10:30"), doctor.office))
    Appointment.objects.update(in_room_at=datetime(2026, 3, 4, 9, 5, tzinfo=UTC))

    desk.post(undo_url())

    assert Appointment.objects.get().state == "arrived"


def test_B21_an_extra_time_goes_with_undo(desk, doctor, walker):
    data = form(walker, Slot(pk=0), doctor.office, doctor=doctor.pk, start="10:00", minutes=20)
    asked = desk.post(EXTRA, data)
    desk.post(EXTRA, data | {"confirmed": asked.context["form"].asked_about})

    desk.post(undo_url())

    assert Slot.objects.get().state == "withdrawn"
