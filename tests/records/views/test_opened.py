"""“Who opened my record” (C09)."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from portal.audit.services import access
from portal.models import AuditEvent, Office
from tests.factories import (
    AdminFactory,
    AssistantFactory,
    OfficeFactory,
    PatientFactory,
    ProxyAccessFactory,
    SignedNoteFactory,
)
from tests.plugins.people import signed_in

OPENED = reverse("records-opened")


def text_of(client, **query) -> str:
    answer = client.get(OPENED, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_C09_it_says_who_in_which_role_has_opened_what(as_patient, as_doctor, visit):
    note = SignedNoteFactory(note__appointment=visit).note
    assistant = AssistantFactory(user__name="Ida Lund", offices=[visit.office])
    admin = AdminFactory()

    as_doctor.get(note.get_absolute_url())
    signed_in(assistant.user).get(visit.get_absolute_url())
    signed_in(admin).get(reverse("patient", args=[visit.patient_id]))

    text = text_of(as_patient)
    assert text.index(admin.name) < text.index("Ida Lund") < text.index("Dr Elena Ruiz")
    for what in ("The chart", "An appointment", "A note", "Doctor", "Admin"):
        assert what in text


def test_C09_what_the_patient_opens_is_not_listed(as_patient, visit):
    note = SignedNoteFactory(note__appointment=visit).note
    for url in (note.get_absolute_url(), reverse("records"), OPENED, visit.get_absolute_url()):
        as_patient.get(url)

    assert "Nobody else has opened a page about you" in text_of(as_patient)
    assert not AuditEvent.objects.filter(verb="read").exists()


def test_C09_the_openings_of_another_patient_are_not_listed(as_patient, doctor):
    other = PatientFactory()
    access.opened(other, by=doctor.user, patient=other)

    assert doctor.name not in text_of(as_patient)


def test_C09_times_are_those_of_the_clinics_first_office(as_patient, doctor, patient):
    Office.objects.update(time_zone="Europe/Madrid")
    OfficeFactory(time_zone="Asia/Tokyo")
    AuditEvent.objects.create(
        verb="read",
        actor_id=doctor.user.pk,
        actor_name=doctor.name,
        actor_role="doctor",
        object_type="patient",
        object_id=patient.pk,
        patient_id=patient.pk,
        at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
    )

    text = text_of(as_patient)

    assert "2 July 2026, 00:30" in text
    assert "Madrid time" in text


def test_C09_openings_before_a_merge_are_listed(as_patient, doctor, patient):
    gone = PatientFactory(user=None)
    access.opened(gone, by=doctor.user, patient=gone)
    gone.merged_into = patient
    gone.save()

    assert doctor.name in text_of(as_patient)


def test_C09_A14_who_looks_after_them_reads_it_and_is_listed(as_patient, patient, doctor):
    child = PatientFactory(name="Tim Núñez", user=None)
    ProxyAccessFactory(user=patient.user, patient=child, appointments=False, records=True)
    access.opened(child, by=doctor.user, patient=child)

    text = text_of(as_patient, patient=child.pk)

    assert "Who opened the record of" in text
    assert doctor.name in text
    assert patient.name in text[text.index('<ul class="rows"') :]
    assert doctor.name not in text_of(as_patient)


def test_C09_fifty_fit_on_a_page_and_the_queries_do_not_grow(
    as_patient, doctor, patient, django_assert_max_num_queries
):
    counts = []
    for number in range(51):
        access.opened(patient, by=doctor.user, patient=patient)
        if number in (1, 50):
            text_of(as_patient)
            with django_assert_max_num_queries(100) as asked:
                text_of(as_patient)
            counts.append(len(asked))

    assert counts[0] == counts[1]
    assert text_of(as_patient).count("row-sub") == 50
    assert text_of(as_patient, page=2).count("row-sub") == 1
    assert "page=2" in text_of(as_patient)


@pytest.mark.parametrize("role", ["doctor", "assistant", "admin"])
def test_C09_staff_have_no_such_page(role, request):
    client = request.getfixturevalue(f"as_{role}")

    assert client.get(OPENED).status_code == 403
