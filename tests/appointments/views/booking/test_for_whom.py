"""Users who look after somebody (A14) are asked for whom, and pages keep that in their links."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from portal.appointments.services import appointments
from portal.models import AuditEvent
from tests.factories import (
    AppointmentFactory,
    OfferFactory,
    PatientFactory,
    ProxyAccessFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

LINKS = re.compile(r'(?:href|formaction)="([^"]+)"')
LEADS_ON = re.compile(r"/slots/(\d+/book/)?|/doctors/\d+/|/waits/new/")


@pytest.fixture
def child(patient):
    child = PatientFactory(name="Tim Núñez", user=None, phone="+34600999888")
    ProxyAccessFactory(user=patient.user, patient=child)
    return child


@pytest.fixture
def slot(doctor):
    return SlotFactory(doctor=doctor, starts_at=in_days(3))


def links_to_booking(client, url: str) -> dict[str, str]:
    """The links of a page's main part that lead on to booking, and the patient that each names.
    Choosing somebody else is the page itself without a patient."""
    html = client.get(url).content.decode()
    main = html[html.index("<main") :].replace("&amp;", "&")
    found = {}
    for link in LINKS.findall(main):
        query = parse_qs(urlsplit(link).query)
        leads_on = LEADS_ON.fullmatch(urlsplit(link).path) and link != urlsplit(url).path
        if leads_on and not {"move", "appointment"} & set(query):
            found[link] = query.get("patient", [""])[0]
    return found


def test_A14_who_looks_after_nobody_is_not_asked(as_patient, patient, slot):
    page = as_patient.get(reverse("slot-book", args=[slot.pk]))

    assert "For whom?" not in page.content.decode()
    assert "Confirm appointment" in page.content.decode()


def test_A14_the_page_lists_the_user_first_and_keeps_what_was_chosen(as_patient, patient, child):
    text = as_patient.get(f"{reverse('wait-new')}?office=7&part=morning").content.decode()

    assert text.index(patient.name) < text.index(child.name)
    assert f"?office=7&amp;part=morning&amp;patient={child.pk}" in text


def test_A14_a_form_without_a_name_asks_and_keeps_the_slot(as_patient, child, slot):
    """Access was given while the form was open."""
    answer = as_patient.post(reverse("wait-new"), {"slot": slot.pk})

    assert f"?slot={slot.pk}&amp;patient={child.pk}" in answer.content.decode()


def test_A14_the_booking_is_checked_for_the_chosen_one(as_patient, child, slot):
    url = reverse("slot-book", args=[slot.pk])
    text = as_patient.get(url, {"patient": child.pk}).content.decode()

    assert child.name in text
    assert "600 99 98 88" not in text  # contact data is the patient's own
    assert f'name="patient" value="{child.pk}"' in text


def test_A14_a_slot_is_booked_for_the_chosen_one(as_patient, patient, child, slot):
    page = as_patient.get(reverse("slot-book", args=[slot.pk]), {"patient": child.pk})
    token = page.context["form"]["token"].value()

    answer = as_patient.post(
        reverse("slot-book", args=[slot.pk]), {"patient": child.pk, "token": token}, follow=True
    )

    booked = slot.appointments.get()
    assert (booked.patient, booked.booked_by) == (child, patient.user)
    assert child.name in answer.content.decode()


def test_A14_free_times_are_chosen_for_one(as_patient, patient, child, slot):
    page = as_patient.get(reverse("slots"))
    options = re.findall(r'<option value="(\d+)"[^>]*>([^<]+)', page.content.decode())
    people = [(str(one.pk), one.name) for one in (patient, child)]
    links = links_to_booking(as_patient, f"{reverse('slots')}?patient={child.pk}")

    assert options[:2] == people
    assert set(links.values()) == {str(child.pk)}


def test_A14_pages_about_the_childs_things_lead_on_for_the_child(as_patient, child, slot, doctor):
    SlotFactory(doctor=doctor, starts_at=in_days(4))
    over = AppointmentFactory(doctor=doctor, patient=child, starts_at=in_days(-3))
    asked = AppointmentFactory(doctor=doctor, patient=child, starts_at=in_days(5), state="declined")
    wait = WaitFactory(patient=child, doctor=doctor)
    offer = OfferFactory(slot=SlotFactory(doctor=doctor, starts_at=in_days(6)), wait=wait)
    offer.state = "declined"
    offer.save()
    pages = [
        over.get_absolute_url(),
        asked.get_absolute_url(),
        offer.get_absolute_url(),
        f"{reverse('doctor', args=[doctor.pk])}?patient={child.pk}",
        f"{reverse('wait-new')}?patient={child.pk}&doctor={doctor.pk}",
        f"{reverse('wait-new')}?patient={child.pk}&slot={slot.pk}",
        reverse("patient", args=[child.pk]),
    ]

    for page in pages:
        named = links_to_booking(as_patient, page)
        assert named, page
        assert set(named.values()) == {str(child.pk)}, (page, named)


def test_A14_the_childs_page_shows_no_contact_data(as_patient, as_assistant, child, patient):
    child.address, child.emergency_contact = "9 Hidden Street", "Aunt Hidden"
    child.save()
    page = reverse("patient", args=[child.pk])

    shown = as_patient.get(page).content.decode()
    assert child.name in shown
    assert "Hidden" not in shown
    assert "600 99 98 88" not in shown
    assert "9 Hidden Street" in as_assistant.get(page).content.decode()


def test_A14_the_search_finds_the_childs_appointments_by_name(as_patient, child, doctor):
    other = AppointmentFactory(doctor=doctor, starts_at=in_days(9))
    AppointmentFactory(doctor=doctor, patient=child, starts_at=in_days(8))
    AppointmentFactory(doctor=doctor, patient=child, starts_at=in_days(10))

    for query in ({"patient": "tim"}, {"q": "tim"}, {"doctor": "ruiz"}):
        text = as_patient.get(reverse("search"), query).content.decode()
        assert text.count("<bdi>Tim Núñez</bdi>") == 2
        assert other.reference not in text


def test_A14_it_is_written_down_who_reads_the_childs_appointment(as_patient, child, patient):
    own, theirs = AppointmentFactory(patient=patient), AppointmentFactory(patient=child)

    as_patient.get(own.get_absolute_url())
    as_patient.get(theirs.get_absolute_url())

    read = AuditEvent.objects.get(verb="read")
    assert (read.object_id, read.patient_id, read.actor_id) == (
        theirs.pk,
        child.pk,
        patient.user.pk,
    )


def test_A14_the_history_names_who_acted_for_whom(as_patient, patient, child, slot):
    booked = appointments.book(slot.pk, patient_id=child.pk, by=patient.user)

    text = as_patient.get(booked.get_absolute_url()).content.decode()

    assert "José Núñez for Tim Núñez" in text
