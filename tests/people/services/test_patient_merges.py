"""Two patients who are one person are merged, and a merge is taken back."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from portal.appointments.services import appointments, waitlist
from portal.audit.queries.trail import patients_called
from portal.errors import Forbidden, MergedPatient, Overlap, PortalError, StaleState
from portal.models import (
    AuditEvent,
    EncounterNote,
    Notification,
    Patient,
    PatientMerge,
    PatientPhone,
    Wait,
)
from portal.models.record import TEXTS
from portal.people.queries.merge_values import fingerprint
from portal.people.queries.merges import who_stays
from portal.people.queries.patients import find
from portal.people.services import merged_rows, patient_merges
from portal.records.services import notes
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    NotificationFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    return PatientFactory(name="Ana García", phone="+34600111222")


@pytest.fixture
def gone():
    return PatientFactory(user=None, name="Ana Garcia Ruiz", phone="+34655444333", address="Sol 1")


@pytest.fixture
def admin():
    return AdminFactory()


def join(kept, gone, by, *, reason="Entered twice", seen=None, **choices) -> PatientMerge:
    seen = fingerprint(kept, gone) if seen is None else seen
    return patient_merges.merge(kept, gone, choices=choices, seen=seen, reason=reason, by=by)


def test_A17_every_reference_to_a_patient_moves_or_is_excused():
    """A new one is named in MOVE or STAY of merged_rows.py."""
    assert set(merged_rows.references()) == {*merged_rows.MOVE, *merged_rows.STAY}


def test_A17_all_that_the_one_had_is_the_others(kept, gone):
    appointment = AppointmentFactory(patient=gone)
    wait, message = WaitFactory(patient=gone), NotificationFactory(patient=gone)
    phone = PatientPhone.objects.create(patient=gone, number="+34655000111", label="work")

    made = join(kept, gone, AssistantFactory().user, address="gone")

    for row in (appointment, wait, message, phone, kept, gone):
        row.refresh_from_db()
    assert {appointment.patient, wait.patient, message.patient, phone.patient} == {kept}
    assert (kept.name, kept.address, gone.merged_into) == ("Ana García", "Sol 1", kept)
    assert made.moved["appointment.patient"] == [appointment.pk]
    assert (made.before, made.after) == ({"address": ""}, {"address": "Sol 1"})


def test_A17_both_find_a_merge_in_the_trail_and_the_account_is_told(kept, gone):
    by = AssistantFactory().user

    join(kept, gone, by, name="gone")

    events = AuditEvent.objects.filter(verb="merge")
    assert {one.patient_id for one in events} == {kept.pk, gone.pk}
    assert events[0].changes["after"] == {"name": "Ana Garcia Ruiz"}
    assert (events[0].changes["reason"], events[0].actor_id) == ("Entered twice", by.pk)
    told = Notification.objects.filter(event="charts_merged")
    assert {one.channel for one in told} == {"email", "portal"}
    assert {one.user for one in told} == {kept.user}


def test_A17_the_number_that_is_not_chosen_stays_a_further_one(kept, gone):
    join(kept, gone, AdminFactory(), phone="gone")

    kept.refresh_from_db()
    assert kept.phone == "+34655444333"
    assert [one.number.as_e164 for one in kept.further_phones.all()] == ["+34600111222"]


def test_A17_a_number_that_both_have_is_not_doubled(kept, gone):
    PatientPhone.objects.create(patient=gone, number="+34600111222")

    join(kept, gone, AdminFactory())

    assert [one.number.as_e164 for one in kept.further_phones.all()] == ["+34655444333"]


def test_A17_the_other_is_in_no_list_and_its_number_leads_to_the_one_who_stays(kept, gone, admin):
    join(kept, gone, admin)

    assert list(find(admin, "ana garcia")) == [kept]
    assert not Patient.objects.visible_to(admin).filter(pk=gone.pk).exists()
    assert who_stays(gone.pk, for_user=admin) == kept
    assert who_stays(kept.pk, for_user=admin) is None
    assert who_stays(gone.pk, for_user=DoctorFactory().user) is None


def test_A17_nothing_is_booked_for_a_merged_patient(kept, gone, admin):
    join(kept, gone, admin)
    slot = SlotFactory(starts_at=in_days(3))

    with pytest.raises(MergedPatient, match="merged with another"):
        appointments.book(slot.pk, patient_id=gone.pk, by=admin)
    wish = waitlist.Wish(office=slot.office)
    with pytest.raises(MergedPatient):
        waitlist.join(gone, wish=wish, by=admin)


def test_A17_appointments_at_the_same_time_stand_in_the_way(kept, gone, admin):
    AppointmentFactory(patient=kept, starts_at=in_days(3))
    later = in_days(3) + timedelta(minutes=10)
    AppointmentFactory(patient=gone, starts_at=later, state="requested")

    with pytest.raises(Overlap):
        join(kept, gone, admin)

    gone.refresh_from_db()
    assert gone.merged_into is None


def test_A17_two_who_wait_for_the_same_time_stand_in_the_way(kept, gone, admin):
    slot = SlotFactory(starts_at=in_days(3), state="taken")
    for one in (kept, gone):
        WaitFactory(patient=one, slot=slot, doctor=None)

    with pytest.raises(Overlap, match="waiting list"):
        join(kept, gone, admin)


def test_A17_what_is_refused(kept, gone, admin):
    with pytest.raises(PortalError, match="Say why"):
        join(kept, gone, admin, reason="  ")
    with pytest.raises(PortalError, match="Keep the one who has an account"):
        join(gone, kept, admin)
    with pytest.raises(PortalError, match="Both have an account"):
        join(kept, PatientFactory(), admin)
    with pytest.raises(PortalError, match="same one"):
        join(kept, kept, admin)
    with pytest.raises(PortalError, match="deceased"):
        join(kept, PatientFactory(user=None, deceased_on=date(2026, 1, 1)), admin)
    with pytest.raises(StaleState):
        join(kept, gone, admin, seen="another")
    for by in (kept.user, DoctorFactory().user):
        with pytest.raises(Forbidden):
            join(kept, gone, by)


def test_A17_a_merged_patient_is_not_merged_again(kept, gone, admin):
    join(kept, gone, admin)

    with pytest.raises(MergedPatient):
        join(PatientFactory(user=None), gone, admin)
    with pytest.raises(MergedPatient):
        join(gone, PatientFactory(user=None), admin)


def test_A17_an_admin_takes_a_merge_back(kept, gone, admin):
    mine = AppointmentFactory(patient=kept, starts_at=in_days(3))
    theirs = AppointmentFactory(patient=gone, starts_at=in_days(4))
    made = join(kept, gone, admin, name="gone", phone="gone", address="gone")
    since = AppointmentFactory(patient=kept, starts_at=in_days(9))
    Patient.objects.filter(pk=kept.pk).update(address="Mar 2")

    patient_merges.take_back(made, by=admin)

    for row in (mine, theirs, since, kept, gone, made):
        row.refresh_from_db()
    assert (mine.patient, theirs.patient, since.patient) == (kept, gone, kept)
    assert (kept.name, kept.phone, kept.address) == ("Ana García", "+34600111222", "Mar 2")
    assert (gone.merged_into, made.taken_back_by) == (None, admin)
    assert not kept.further_phones.exists()
    events = AuditEvent.objects.filter(verb="take_back_merge")
    assert {one.patient_id for one in events} == {kept.pk, gone.pk}
    assert Notification.objects.filter(event="charts_parted", user=kept.user).count() == 2


def test_A17_what_has_come_to_an_appointment_since_goes_back_with_it(kept, gone, admin):
    theirs = AppointmentFactory(patient=gone, starts_at=in_days(9))
    made = join(kept, gone, admin)
    theirs.refresh_from_db()
    wait = waitlist.join_for_earlier(theirs, by=admin)
    message = NotificationFactory(appointment=theirs, patient=kept)
    texts = dict.fromkeys(TEXTS, "Of the other one")
    note = notes.save_draft(theirs, texts=texts, seen=0, by=theirs.doctor.user)
    assert note.patient == kept

    patient_merges.take_back(made, by=admin)

    assert EncounterNote.objects.get().patient == gone
    assert Wait.objects.get(pk=wait.pk).patient == gone
    assert Notification.objects.get(pk=message.pk).patient == gone


def test_A17_a_merge_is_taken_back_once_within_thirty_days_by_an_admin(kept, gone, admin):
    made = join(kept, gone, admin)

    with pytest.raises(Forbidden):
        patient_merges.take_back(made, by=AssistantFactory().user)
    late = timezone.now() + timedelta(days=30, minutes=1)
    with time_machine.travel(late), pytest.raises(PortalError, match="30 days"):
        patient_merges.take_back(made, by=admin)
    patient_merges.take_back(made, by=admin)
    with pytest.raises(StaleState, match="taken back already"):
        patient_merges.take_back(made, by=admin)


def test_A17_a_chain_is_followed_and_taken_back_from_its_end(kept, gone, admin):
    first = PatientFactory(user=None)
    appointment = AppointmentFactory(patient=first)
    one = join(gone, first, admin)
    two = join(kept, gone, admin)

    assert who_stays(first.pk, for_user=admin) == kept
    assert patients_called(str(kept.pk)) == {kept.pk, gone.pk, first.pk}
    assert kept.with_merged() == [kept.pk, gone.pk, first.pk]
    with pytest.raises(PortalError, match="Take that merge back first"):
        patient_merges.take_back(one, by=admin)
    patient_merges.take_back(two, by=admin)
    patient_merges.take_back(one, by=admin)
    appointment.refresh_from_db()
    assert appointment.patient == first


def test_A17_who_was_merged_back_can_be_merged_and_booked_again(kept, gone, admin):
    patient_merges.take_back(join(kept, gone, admin), by=admin)

    booked = appointments.book(SlotFactory(starts_at=in_days(3)).pk, patient_id=gone.pk, by=admin)
    join(kept, Patient.objects.get(pk=gone.pk), admin)

    booked.refresh_from_db()
    assert booked.patient == kept
