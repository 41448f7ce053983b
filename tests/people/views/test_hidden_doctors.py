"""Nobody finds or books a doctor who is not approved (requirement A02)."""

import pytest
from django.urls import reverse

from portal.appointments.services import appointments
from portal.enums import DoctorState
from portal.errors import PortalError
from portal.models import Doctor, Slot
from tests.factories import AssistantFactory, DoctorFactory, PatientFactory, SlotFactory, in_days
from tests.plugins.people import signed_in

pytestmark = pytest.mark.django_db

HIDDEN = [DoctorState.PENDING, DoctorState.REJECTED, DoctorState.WITHDRAWN]


@pytest.fixture(params=HIDDEN)
def hidden(request):
    return DoctorFactory(state=request.param, name="Dr Hidden Person")


@pytest.fixture
def slot(hidden):
    return SlotFactory(doctor=hidden, starts_at=in_days(3))


@pytest.mark.parametrize("page", ["doctors", "slots"])
def test_A02_lists_leave_the_doctor_out(client, as_patient, hidden, slot, page):
    for reader in (client, as_patient):
        assert hidden.name not in reader.get(reverse(page)).content.decode()
    assert (
        hidden.name not in client.get(f"/doctors/?q=hidden&state={hidden.state}").content.decode()
    )
    assert hidden.name not in client.get(f"/slots/?doctor={hidden.pk}").content.decode()


def test_A02_the_page_is_for_the_doctor_and_admins_only(
    client, as_patient, as_doctor, as_admin, hidden, slot
):
    assistant = signed_in(AssistantFactory(all_offices=True).user)
    for reader in (client, as_patient, as_doctor, assistant):
        assert reader.get(hidden.get_absolute_url()).status_code == 404
    for reader in (signed_in(hidden.user), as_admin):
        page = reader.get(hidden.get_absolute_url())
        assert page.status_code == 200
        assert "A preview" in page.content.decode()
        assert f"/slots/{slot.pk}/book/" not in page.content.decode()


def test_A02_a_time_cannot_be_booked_by_its_id(as_patient, patient, hidden, slot):
    page = as_patient.get(reverse("slot-book", args=[slot.pk]))
    sent = as_patient.post(reverse("slot-book", args=[slot.pk]), {"reason": ""})

    assert (page.status_code, sent.status_code) == (404, 404)
    with pytest.raises(PortalError):
        appointments.book(slot_id=slot.pk, patient_id=None, by=patient.user)
    slot.refresh_from_db()
    assert slot.state == "open"


def test_A02_nobody_waits_for_the_doctor(as_patient, hidden):
    page = as_patient.get(reverse("wait-new"), {"doctor": hidden.pk})

    assert hidden.name not in page.content.decode()


def test_A02_the_doctor_is_no_colleague(hidden, slot):
    other = DoctorFactory(office=hidden.office, specialty=hidden.specialty)
    mine = SlotFactory(doctor=other, starts_at=in_days(5))

    page = signed_in(other.user).get(reverse("slot-transfer", args=[mine.pk]))

    assert page.status_code == 200
    assert hidden.name not in page.content.decode()


def test_A02_staff_do_not_search_the_doctor(as_admin, hidden, slot):
    page = as_admin.get(reverse("search"), {"q": "Hidden"})

    assert f"/doctors/{hidden.pk}/" not in page.content.decode()


@pytest.mark.parametrize("state", [DoctorState.PENDING, DoctorState.REJECTED])
def test_A02_the_desk_of_the_office_does_not_see_an_applicant(state):
    hidden = DoctorFactory(state=state)
    slot = SlotFactory(doctor=hidden)
    for given in ({"offices": [hidden.office]}, {"all_offices": True}):
        user = AssistantFactory(**given).user
        assert not Doctor.objects.with_diary_of(user).exists()
        assert not Slot.objects.visible_to(user).exists()
        assert not user.has_perm("portal.change_diary", hidden)
        found = signed_in(user).get(f"/schedule/slots/?doctor={hidden.pk}")
        assert found.status_code == 404
        assert (
            signed_in(user).get(f"/schedule/slots/{slot.pk}/edit/?doctor={hidden.pk}").status_code
            == 404
        )


def test_A02_the_series_form_does_not_offer_the_doctor(as_assistant, as_admin, hidden, slot):
    patient = PatientFactory()
    for desk in (as_assistant, as_admin):
        page = desk.get(reverse("series-new", args=[patient.pk]))
        assert hidden.name not in page.content.decode()


def test_A02_a_waiting_doctor_prepares_times():
    doctor = DoctorFactory(state=DoctorState.PENDING)
    day = in_days(3).date().isoformat()
    client = signed_in(doctor.user)

    page = client.get(f"/schedule/{day}/")
    sent = client.post(
        reverse("slot-new"),
        {
            "office": doctor.office_id,
            "day": day,
            "starts": "10:00",
            "ends": "10:30",
            "audience": "public",
        },
    )

    assert "waiting for approval" in page.content.decode()
    assert sent.status_code == 302
    slot = Slot.objects.get(doctor=doctor)
    preview = client.get(doctor.get_absolute_url())
    assert (
        slot.starts_at.astimezone(doctor.office.zone).strftime("%H:%M") in preview.content.decode()
    )
